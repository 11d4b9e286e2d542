"""How files become rows of customer relations.

A file is read twice: once to see what it is and what its columns say (`reading`, `headers`, `vocabulary`), then, after
everything that concerns more than one row was decided (`planning`, `names`), to take its rows (`rows`) in batches
(`batches`) by the actions that everybody uses (`writers`, `teams`). `running` is the long operation around it.

Days in a file are days where the company is: an instant is the beginning of its day there, so a deal that was opened
on one day and closed on another took as many days as lie between the two dates.
"""

from caudal.crm.imports.findings import Found
from caudal.crm.imports.reading import PathUpload, StoredUpload, Upload
from caudal.crm.imports.running import FileReport, Options, Report, import_files

__all__ = ["FileReport", "Found", "Options", "PathUpload", "Report", "StoredUpload", "Upload", "import_files"]
