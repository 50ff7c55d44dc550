"""Takes orders and puts them into the queue; a worker does the rest."""

import os

import redis
from fastapi import FastAPI, Response
from pydantic import BaseModel

from shop.queue import ORDERS, connect

app = FastAPI()
queue = connect()


class Order(BaseModel):
    product: int
    amount: int


@app.get("/health")
def health(response: Response) -> dict[str, str]:
    try:
        queue.ping()
    except redis.RedisError:
        response.status_code = 503
        return {"status": "DOWN"}
    return {"status": "UP", "slot": os.environ.get("CANARY_SLOT", "local")}


@app.post("/orders", status_code=202)
def order(wanted: Order) -> dict[str, int]:
    return {"waiting": queue.rpush(ORDERS, wanted.model_dump_json())}
