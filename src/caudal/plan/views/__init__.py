"""Pages of the plan."""

from caudal.plan.views.adopting import adoption
from caudal.plan.views.checking import finding_list, repair_page
from caudal.plan.views.first import first_page
from caudal.plan.views.targets import target_list

__all__ = ["adoption", "finding_list", "first_page", "repair_page", "target_list"]
