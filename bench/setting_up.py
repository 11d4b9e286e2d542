"""Sets Django up on the data folder that CAUDAL_DATA names. Imported before anything that holds rows."""

import os

from caudal.cli import set_up_django

assert os.environ.get("CAUDAL_DATA"), "CAUDAL_DATA names no data folder"
os.environ.setdefault("CAUDAL_LOG_LEVEL", "WARNING")
set_up_django()
