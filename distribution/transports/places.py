"""Places for those who may be at work at the same time: first come, first served."""

import asyncio
from collections import deque
from collections.abc import Callable


class Places:
    """Like a semaphore whose size may change at any moment; used by one event loop."""

    def __init__(self, size: Callable[[], int]) -> None:
        self.taken = 0
        self._size = size
        self._waiting: deque[asyncio.Future[None]] = deque()

    async def take(self) -> None:
        """Wait for a place."""
        if not self._waiting and self.taken < self._size():
            self.taken += 1
            return
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self.free()  # it came in the same moment
            raise

    def free(self) -> None:
        """Give a place back."""
        self.taken -= 1
        while self._waiting and self.taken < self._size():
            turn = self._waiting.popleft()
            if not turn.done():
                self.taken += 1
                turn.set_result(None)
