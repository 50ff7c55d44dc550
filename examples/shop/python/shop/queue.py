"""The queue of orders, a list in Redis."""

import os

import redis

ORDERS = "orders"


def connect() -> redis.Redis:
    return redis.Redis(
        host="redis",
        password=os.environ["REDIS_PASSWORD"],
        decode_responses=True,
        socket_connect_timeout=2,
    )
