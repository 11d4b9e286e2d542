"""PostgreSQL without installing it: one server per data folder, shared by processes, recovered, stopped by the last."""

from caudal.kit.postgres.binaries import Binaries
from caudal.kit.postgres.cluster import Cluster, Progress, Server, Status
from caudal.kit.postgres.credentials import Credentials, Dsn, Role

__all__ = ["Binaries", "Cluster", "Credentials", "Dsn", "Progress", "Role", "Server", "Status"]
