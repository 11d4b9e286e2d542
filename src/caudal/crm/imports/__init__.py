"""How files become rows of customer relations.

A file (`uploads`) is read twice: once to see which tables it holds (`reading`, `workbooks`), what they are (`headers`,
`vocabulary`, `decisions`) and what their columns say (`surveys`); then, after everything that concerns more than one
row was decided (`planning`, `names`, `routes`), to take the rows (`rows`, `deals`) in batches (`batches`) by the
actions that everybody uses (`desks`, `writers`, `teams`, `conversions`). `running` is the long operation around it.

Days in a file are days where the company is: an instant is the beginning of its day there, so a deal that was opened
on one day and closed on another took as many days as lie between the two dates.
"""

from caudal.crm.imports.decisions import Decisions
from caudal.crm.imports.findings import Found
from caudal.crm.imports.running import FileReport, Options, Report, import_files
from caudal.crm.imports.uploads import PathUpload, StoredUpload, Upload

__all__ = [
    "Decisions",
    "FileReport",
    "Found",
    "Options",
    "PathUpload",
    "Report",
    "StoredUpload",
    "Upload",
    "import_files",
]
