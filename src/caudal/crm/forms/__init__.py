"""Forms of customer relations. Rows are named in them by what people call them, and nothing typed is lost."""

from caudal.crm.forms.ends import ConvertForm, DisqualifyForm, LoseForm, ReopenForm, StageForm, WinForm
from caudal.crm.forms.pipelines import PipelineForm, StageGoneForm, StageSettingsForm
from caudal.crm.forms.records import CompanyForm, DealForm, LeadForm, PersonForm, RecordForm

__all__ = [
    "CompanyForm",
    "ConvertForm",
    "DealForm",
    "DisqualifyForm",
    "LeadForm",
    "LoseForm",
    "PersonForm",
    "PipelineForm",
    "RecordForm",
    "ReopenForm",
    "StageForm",
    "StageGoneForm",
    "StageSettingsForm",
    "WinForm",
]
