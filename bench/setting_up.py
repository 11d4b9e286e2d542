"""Sets Django up on the data folder that CAUDAL_DATA names, by being imported before anything that holds rows."""

import os

from caudal.kit.postgres.attached import attached
from caudal.kit.terminal import set_up_django

__all__ = ["attached"]

assert os.environ.get("CAUDAL_DATA"), "CAUDAL_DATA names no data folder"
set_up_django()
