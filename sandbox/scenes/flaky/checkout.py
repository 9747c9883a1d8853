"""Takes the payment in the background, and tells when it is through."""

import threading
import time


class Checkout:
    def __init__(self, seconds: float) -> None:
        self.paid = False
        self._seconds = seconds

    def pay(self) -> None:
        threading.Thread(target=self._settle, daemon=True).start()

    def _settle(self) -> None:
        time.sleep(self._seconds)
        self.paid = True
