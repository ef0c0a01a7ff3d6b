"""Errors that become an HTTP answer."""

from __future__ import annotations


class ApiError(Exception):
    """An answer other than 200; its words go to the client."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
