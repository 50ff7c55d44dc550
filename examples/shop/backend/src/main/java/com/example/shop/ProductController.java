package com.example.shop;

import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

@RestController
class ProductController {

    private final JdbcClient database;

    ProductController(JdbcClient database) {
        this.database = database;
    }

    /** @param price in won */
    record Product(long id, String name, int price) {}

    @GetMapping("/api/products")
    List<Product> products() {
        return database.sql("SELECT id, name, price FROM product ORDER BY id").query(Product.class).list();
    }
}
