"""What five other systems write when they are asked for everything, by the headers that they document.

The same small world in each: two companies, one part of the other, three people, three deals (one won, one lost, one
open) and two members, with the quirks of each system. Nothing here knows the program that reads it.

Headers are those of: the extract of Salesforce Data Loader (`samples/data/accountData.csv`), HubSpot's export with
property labels, Pipedrive's import vocabulary (`Deal - Title`), the backup of Zoho CRM (`Deals_001.csv`), and the
re-importable workbook of Dynamics 365 with its three hidden columns.
"""

from datetime import datetime
from typing import Any, Final

Table = list[list[Any]]
"""A header, then rows."""
Export = dict[str, Table]
"""Name of a file → what is in it."""


def salesforce_id(fifteen: str) -> str:
    """The id of 18 letters for one of 15: for every five, which of them are capitals, as a figure of base 32."""
    figures = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
    parts = (fifteen[at : at + 5] for at in range(0, 15, 5))
    return fifteen + "".join(
        figures[sum(letter.isupper() << place for place, letter in enumerate(part))] for part in parts
    )


ACME, GLOBEX, GONE = "001D000000IqhSL", "001D000000IqhSM", "001D000000IqhZZ"
EVA, JOHN, IDA, MAX = "003D000000QxYwA", "003D000000QxYwB", "005D000000AbCdE", "005D000000AbCdF"

SALESFORCE: Final[Export] = {
    "User.csv": [
        ["ID", "USERNAME", "LASTNAME", "FIRSTNAME", "NAME", "EMAIL", "ISACTIVE", "PROFILEID", "USERROLEID"],
        [salesforce_id(IDA), "ida@example.com.prod", "Vega", "Ida", "Ida Vega", "ida@example.com", "true", "00eD0000001", "00ED0000001"],
        [salesforce_id(MAX), "max@example.com.prod", "Otto", "Max", "Max Otto", "max@example.com", "false", "00eD0000001", ""],
    ],
    "Account.csv": [
        ["ID", "ISDELETED", "MASTERRECORDID", "NAME", "TYPE", "PARENTID", "BILLINGSTREET", "BILLINGCITY", "BILLINGSTATE", "BILLINGPOSTALCODE", "BILLINGCOUNTRY", "PHONE", "WEBSITE", "INDUSTRY", "ANNUALREVENUE", "NUMBEROFEMPLOYEES", "OWNERID", "CREATEDDATE", "SYSTEMMODSTAMP", "Tier__c"],
        [salesforce_id(ACME), "false", "", "Acme Iberia", "Customer", "", "Calle Mayor 1\nPlanta 3", "Madrid", "Comunidad de Madrid", "28013", "Spain", "+34 910 000 000", "https://www.acme.example/shop", "Retail", "1000000", "120", salesforce_id(IDA), "2026-01-02T08:00:00.000Z", "2026-02-01T08:00:00.000Z", "Gold"],
        [salesforce_id(GLOBEX), "false", "", "Globex GmbH", "Customer", ACME, "", "Berlin", "", "", "Germany", "", "globex.example", "Energy", "", "9", salesforce_id(MAX), "2026-01-03T08:00:00.000Z", "2026-02-01T08:00:00.000Z", ""],
        [salesforce_id(GONE), "true", "", "Long Gone Ltd", "", "", "", "", "", "", "", "", "", "", "", "", salesforce_id(IDA), "2020-01-03T08:00:00.000Z", "2026-02-01T08:00:00.000Z", ""],
    ],
    "Contact.csv": [
        ["ID", "ISDELETED", "ACCOUNTID", "LASTNAME", "FIRSTNAME", "NAME", "MAILINGCITY", "MAILINGCOUNTRY", "PHONE", "MOBILEPHONE", "REPORTSTOID", "EMAIL", "TITLE", "DEPARTMENT", "OWNERID", "HASOPTEDOUTOFEMAIL", "SYSTEMMODSTAMP"],
        [salesforce_id(EVA), "false", ACME, "Gil", "Eva", "Eva Gil", "Madrid", "Spain", "", "+34 600 000 001", "", "eva@acme.example", "CTO", "IT", salesforce_id(IDA), "true", "2026-02-01T08:00:00.000Z"],
        [salesforce_id(JOHN), "false", GLOBEX, "Doe", "John", "John Doe", "Berlin", "Germany", "+49 30 1", "", salesforce_id(EVA), "john@globex.example", "Buyer", "", salesforce_id(MAX), "false", "2026-02-01T08:00:00.000Z"],
    ],
    "Lead.csv": [
        ["ID", "ISDELETED", "LASTNAME", "FIRSTNAME", "COMPANY", "EMAIL", "LEADSOURCE", "STATUS", "OWNERID", "ISCONVERTED", "CONVERTEDDATE", "CONVERTEDACCOUNTID", "CONVERTEDCONTACTID", "CONVERTEDOPPORTUNITYID", "CREATEDDATE"],
        ["00QD000000XyZa1MAA", "false", "Roth", "Lena", "Roth KG", "lena@roth.example", "Web", "Open - Not Contacted", salesforce_id(MAX), "false", "", "", "", "", "2026-02-05T10:00:00.000Z"],
        ["00QD000000XyZa2MAA", "false", "Gil", "Eva", "Acme Iberia", "eva.gil@acme.example", "Webinar", "Closed - Converted", salesforce_id(IDA), "true", "2026-01-10", ACME, EVA, "006D000000OppA1", "2026-01-05T10:00:00.000Z"],
    ],
    "Opportunity.csv": [
        ["ID", "ISDELETED", "ACCOUNTID", "NAME", "STAGENAME", "AMOUNT", "CURRENCYISOCODE", "PROBABILITY", "CLOSEDATE", "TYPE", "NEXTSTEP", "LEADSOURCE", "ISCLOSED", "ISWON", "FORECASTCATEGORY", "OWNERID", "CREATEDDATE", "FISCALQUARTER", "CONTACTID", "Loss_Reason__c"],
        ["006D000000OppA1", "false", salesforce_id(ACME), "Acme rollout", "Closed Won", "1234.5", "EUR", "100", "2026-02-20", "New", "", "Web", "true", "true", "Closed", salesforce_id(IDA), "2026-01-10T09:00:00.000Z", "1", EVA, ""],
        ["006D000000OppA2", "false", salesforce_id(GLOBEX), "Globex pilot", "Closed Lost", "800", "EUR", "0", "2026-02-25", "New", "", "", "true", "false", "Omitted", salesforce_id(MAX), "2026-01-20T09:00:00.000Z", "1", JOHN, "Price"],
        ["006D000000OppA3", "false", salesforce_id(ACME), "Acme expansion", "Proposal/Price Quote", "5000", "USD", "50", "2026-06-30", "Existing", "Call", "", "false", "false", "Pipeline", salesforce_id(IDA), "2026-02-01T09:00:00.000Z", "2", "", ""],
    ],
}  # fmt: skip

HUBSPOT: Final[Export] = {
    "all-companies.csv": [
        ["Record ID", "Company name", "Company Domain Name", "Company owner", "Industry", "Phone Number", "Street Address", "City", "State/Region", "Postal Code", "Country/Region", "Number of Employees", "Parent Company", "Create Date", "Last Modified Date"],
        ["9001", "Acme Iberia", "acme.example", "Ida Vega", "Retail", "+34 910 000 000", "Calle Mayor 1 Planta 3", "Madrid", "Comunidad de Madrid", "28013", "Spain", "120", "", "2026-01-02 09:00", "2026-02-01 09:00"],
        ["9002", "Globex GmbH", "globex.example", "Max Otto", "Energy", "", "", "Berlin", "", "", "Germany", "9", "Acme Iberia", "2026-01-03 09:00", "2026-02-01 09:00"],
    ],
    "all-contacts.csv": [
        ["Record ID", "First Name", "Last Name", "Email", "Phone Number", "Mobile Phone Number", "Job Title", "Contact owner", "Lifecycle Stage", "Lead Status", "Associated Company", "Associated Company IDs", "Unsubscribed from all email"],
        ["101", "Eva", "Gil", "eva@acme.example", "", "+34 600 000 001", "CTO", "Ida Vega", "Customer", "", "Acme Iberia", "9001", "true"],
        ["102", "John", "Doe", "john@globex.example", "+49 30 1", "", "Buyer", "Max Otto", "Lead", "New", "Globex GmbH", "9002;9001", ""],
    ],
    "all-deals.csv": [
        ["Record ID", "Deal Name", "Deal Stage", "Pipeline", "Amount", "Currency", "Close Date", "Create Date", "Deal owner", "Closed Lost Reason", "Associated Company", "Associated Company IDs (Primary)", "Associated Contact IDs"],
        ["501", "Acme rollout", "Closed won (Sales Pipeline)", "Sales Pipeline", "1,234.50", "EUR", "2026-02-20 10:00", "2026-01-10 10:00", "Ida Vega", "", "Acme Iberia", "9001", "101"],
        ["502", "Globex pilot", "Closed lost (Sales Pipeline)", "Sales Pipeline", "800.00", "EUR", "2026-02-25 10:00", "2026-01-20 10:00", "Max Otto", "Price", "Globex GmbH", "9002", "102"],
        ["503", "Acme expansion", "Decision Maker Bought-In (Sales Pipeline)", "Sales Pipeline", "5,000.00", "USD", "2026-06-30 10:00", "2026-02-01 10:00", "Ida Vega", "", "Acme Iberia", "9001", ""],
    ],
}  # fmt: skip

PIPEDRIVE: Final[Export] = {
    "organizations.csv": [
        ["Organization - ID", "Organization - Name", "Organization - Owner", "Organization - Address", "Organization - City/town/village/locality of Address", "Organization - State/county of Address", "Organization - ZIP/Postal code of Address", "Organization - Phone", "Organization - Country of Address", "Organization - Website", "Organization - Number of employees", "Organization - Industry", "Organization - Update time"],
        ["1", "Acme Iberia", "Ida Vega", "Calle Mayor 1 Planta 3", "Madrid", "Comunidad de Madrid", "28013", "+34 910 000 000", "Spain", "https://acme.example", "120", "Retail", "2026-02-01 08:00:00"],
        ["2", "Globex GmbH", "Max Otto", "", "Berlin", "", "", "", "Germany", "globex.example", "9", "Energy", "2026-02-01 08:00:00"],
    ],
    "people.csv": [
        ["Person - ID", "Person - Name", "Person - First name", "Person - Last name", "Person - Organization", "Person - Email - Work", "Person - Email - Home", "Person - Phone - Work", "Person - Phone - Mobile", "Person - Job title", "Person - Owner", "Person - Marketing status"],
        ["11", "Eva Gil", "Eva", "Gil", "Acme Iberia", "eva@acme.example", "", "", "+34 600 000 001", "CTO", "Ida Vega", "Unsubscribed"],
        ["12", "John Doe", "John", "Doe", "Globex GmbH", "", "john@globex.example", "+49 30 1", "", "Buyer", "Max Otto", "Subscribed"],
    ],
    "deals.csv": [
        ["Deal - ID", "Deal - Title", "Deal - Value", "Deal - Currency of value", "Deal - Organization", "Deal - Contact person", "Deal - Owner", "Deal - Pipeline", "Deal - Stage", "Deal - Status", "Deal - Deal created", "Deal - Expected close date", "Deal - Won time", "Deal - Lost time", "Deal - Lost reason", "Deal - Probability"],
        ["21", "Acme rollout", "1234.5", "EUR", "Acme Iberia", "Eva Gil", "Ida Vega", "Sales", "Negotiations Started", "Won", "2026-01-10 09:00:00", "", "2026-02-20 09:00:00", "", "", ""],
        ["22", "Globex pilot", "800", "EUR", "Globex GmbH", "John Doe", "Max Otto", "Sales", "Contact Made", "Lost", "2026-01-20 09:00:00", "", "", "2026-02-25 09:00:00", "Price", ""],
        ["23", "Acme expansion", "5000", "USD", "Acme Iberia", "", "Ida Vega", "Sales", "Proposal Made", "Open", "2026-02-01 09:00:00", "2026-06-30", "", "", "", "50"],
    ],
}  # fmt: skip

ZOHO: Final[Export] = {
    "Data/Users_001.csv": [
        ["id", "First Name", "Last Name", "Email", "Role", "Profile", "Status"],
        ["zcrm_4100000000001", "Ida", "Vega", "ida@example.com", "CEO", "Administrator", "active"],
        ["zcrm_4100000000002", "Max", "Otto", "max@example.com", "Rep", "Standard", "inactive"],
    ],
    "Data/Accounts_001.csv": [
        ["Record Id", "Account Owner.id", "Account Owner", "Account Name", "Parent Account.id", "Parent Account", "Website", "Industry", "Employees", "Phone", "Billing Street", "Billing City", "Billing State", "Billing Code", "Billing Country", "Created By.id", "Created By", "Modified Time", "Tag"],
        ["zcrm_4200000000001", "zcrm_4100000000001", "Ida Vega", "Acme Iberia", "", "", "http://www.acme.example", "Retail", "120", "+34 910 000 000", "Calle Mayor 1 Planta 3", "Madrid", "Comunidad de Madrid", "28013", "Spain", "zcrm_4100000000001", "Ida Vega", "2026-02-01 08:00:00", ""],
        ["zcrm_4200000000002", "zcrm_4100000000002", "Max Otto", "Globex GmbH", "zcrm_4200000000001", "Acme Iberia", "globex.example", "Energy", "9", "", "", "Berlin", "", "", "Germany", "zcrm_4100000000001", "Ida Vega", "2026-02-01 08:00:00", ""],
    ],
    "Data/Contacts_001.csv": [
        ["Record Id", "Contact Owner.id", "Contact Owner", "First Name", "Last Name", "Account Name.id", "Account Name", "Email", "Phone", "Mobile", "Title", "Mailing City", "Email Opt Out", "Modified By.id"],
        ["zcrm_4300000000001", "zcrm_4100000000001", "Ida Vega", "Eva", "Gil", "zcrm_4200000000001", "Acme Iberia", "eva@acme.example", "", "+34 600 000 001", "CTO", "Madrid", "true", "zcrm_4100000000001"],
        ["zcrm_4300000000002", "zcrm_4100000000002", "Max Otto", "John", "Doe", "zcrm_4200000000002", "Globex GmbH", "john@globex.example", "+49 30 1", "", "Buyer", "Berlin", "false", "zcrm_4100000000001"],
    ],
    "Data/Leads_001.csv": [
        ["Record Id", "Lead Owner.id", "Lead Owner", "Is Converted", "Company", "First Name", "Last Name", "Email", "Phone", "Lead Source", "Lead Status", "Created Time", "Converted Account.id", "Converted Contact.id", "Converted Deal.id", "Converted Date Time"],
        ["zcrm_4400000000001", "zcrm_4100000000002", "Max Otto", "false", "Roth KG", "Lena", "Roth", "lena@roth.example", "", "Web", "-None-", "2026-02-05 11:00:00", "", "", "", ""],
        ["zcrm_4400000000002", "zcrm_4100000000001", "Ida Vega", "true", "Acme Iberia", "Eva", "Gil", "eva.gil@acme.example", "", "Webinar", "Converted", "2026-01-05 11:00:00", "zcrm_4200000000001", "zcrm_4300000000001", "zcrm_4500000000001", "2026-01-10 10:00:00"],
    ],
    "Data/Deals_001.csv": [
        ["Record Id", "Deal Owner.id", "Deal Owner", "Amount", "Deal Name", "Closing Date", "Account Name.id", "Account Name", "Stage", "Pipeline", "Contact Name.id", "Contact Name", "Probability (%)", "Next Step", "Reason For Loss", "Currency", "Created Time"],
        ["zcrm_4500000000001", "zcrm_4100000000001", "Ida Vega", "1234.5", "Acme rollout", "2026-02-20", "zcrm_4200000000001", "Acme Iberia", "Closed Won", "Standard", "zcrm_4300000000001", "Eva Gil", "100", "", "", "EUR", "2026-01-10 10:00:00"],
        ["zcrm_4500000000002", "zcrm_4100000000002", "Max Otto", "800", "Globex pilot", "2026-02-25", "zcrm_4200000000002", "Globex GmbH", "Closed Lost", "Standard", "zcrm_4300000000002", "John Doe", "0", "", "Price", "EUR", "2026-01-20 10:00:00"],
        ["zcrm_4500000000003", "zcrm_4100000000001", "Ida Vega", "5000", "Acme expansion", "2026-06-30", "zcrm_4200000000001", "Acme Iberia", "Proposal/Price Quote", "Standard", "", "", "50", "", "", "USD", "2026-02-01 10:00:00"],
    ],
}  # fmt: skip

_A, _G = "a1b2c3d4-0000-4000-8000-000000000001", "A1B2C3D4-0000-4000-8000-000000000002"
_CHECKED = "7dJxT2hFvGv2pQ==", datetime(2026, 2, 1, 8, 0)  # noqa: DTZ001  a workbook knows no zone
DYNAMICS: Final[Export] = {
    "My Active Accounts.xlsx": [
        ["(Do Not Modify) Account", "(Do Not Modify) Row Checksum", "(Do Not Modify) Modified On", "Account Name", "Owner", "Parent Account", "Website", "Industry", "Number of Employees", "Main Phone", "Address 1: Street 1", "Address 1: City", "Address 1: State/Province", "Address 1: ZIP/Postal Code", "Address 1: Country/Region"],
        [_A, *_CHECKED, "Acme Iberia", "Ida Vega", "", "https://acme.example", "Retail", 120, "+34 910 000 000", "Calle Mayor 1 Planta 3", "Madrid", "Comunidad de Madrid", "28013", "Spain"],
        [_G, *_CHECKED, "Globex GmbH", "Max Otto", "Acme Iberia", "https://globex.example", "Energy", 9, "", "", "Berlin", "", "", "Germany"],
    ],
    "My Active Contacts.xlsx": [
        ["(Do Not Modify) Contact", "(Do Not Modify) Row Checksum", "(Do Not Modify) Modified On", "First Name", "Last Name", "Company Name", "Email", "Business Phone", "Mobile Phone", "Job Title", "Owner", "Do not allow Emails"],
        ["c1000000-0000-4000-8000-000000000001", *_CHECKED, "Eva", "Gil", "Acme Iberia", "eva@acme.example", "", "+34 600 000 001", "CTO", "Ida Vega", "Do Not Allow"],
        ["c1000000-0000-4000-8000-000000000002", *_CHECKED, "John", "Doe", "Globex GmbH", "john@globex.example", "+49 30 1", "", "Buyer", "Max Otto", "Allow"],
    ],
    "All Opportunities.xlsx": [
        ["(Do Not Modify) Opportunity", "(Do Not Modify) Row Checksum", "(Do Not Modify) Modified On", "Topic", "Account", "Contact", "Owner", "Pipeline Phase", "Est. Revenue", "Currency", "Est. Close Date", "Actual Close Date", "Created On", "Status", "Status Reason"],
        ["d1000000-0000-4000-8000-000000000001", *_CHECKED, "Acme rollout", "Acme Iberia", "Eva Gil", "Ida Vega", "Close", 1234.5, "Euro", None, datetime(2026, 2, 20), datetime(2026, 1, 10, 10), "Won", "Won"],  # noqa: DTZ001  a workbook knows no zone
        ["d1000000-0000-4000-8000-000000000002", *_CHECKED, "Globex pilot", "Globex GmbH", "John Doe", "Max Otto", "Qualify", 800, "Euro", None, datetime(2026, 2, 25), datetime(2026, 1, 20, 10), "Lost", "Price"],  # noqa: DTZ001  a workbook knows no zone
        ["d1000000-0000-4000-8000-000000000003", *_CHECKED, "Acme expansion", "Acme Iberia", None, "Ida Vega", "Propose", 5000, "US Dollar", datetime(2026, 6, 30), None, datetime(2026, 2, 1, 10), "Open", "In Progress"],  # noqa: DTZ001  a workbook knows no zone
    ],
}  # fmt: skip

EXPORTS: Final[dict[str, Export]] = {
    "Salesforce": SALESFORCE,
    "HubSpot": HUBSPOT,
    "Pipedrive": PIPEDRIVE,
    "Zoho CRM": ZOHO,
    "Dynamics 365": DYNAMICS,
}
DEALS: Final = {
    "Salesforce": "Opportunity.csv",
    "HubSpot": "all-deals.csv",
    "Pipedrive": "deals.csv",
    "Zoho CRM": "Data/Deals_001.csv",
    "Dynamics 365": "All Opportunities.xlsx",
}
"""The file of each that holds its deals."""
