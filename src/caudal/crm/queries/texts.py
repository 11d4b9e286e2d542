"""Words that lists are searched for: anywhere inside names, addresses and domains, found by an index."""

from django.db.models import Q

from caudal.crm.models import COMPANY_TEXTS, DEAL_TEXTS, LEAD_TEXTS, PERSON_TEXTS, Company, Deal
from caudal.kit.grams import LETTERS, may_hold
from caudal.kit.names import name_key


def leads_with(words: str) -> Q:
    """Return the condition on leads whose name, company or address holds some words."""
    key = name_key(words)
    found = Q(name_key__contains=key) | Q(company_name__icontains=words) | Q(email__icontains=words)
    return found & may_hold(LEAD_TEXTS, key, words)


def companies_with(words: str) -> Q:
    """Return the condition on companies whose name or domain holds some words."""
    key = name_key(words)
    return (Q(name_key__contains=key) | Q(domain__icontains=words)) & may_hold(COMPANY_TEXTS, key, words)


def people_with(words: str) -> Q:
    """Return the condition on people whose name or address holds some words."""
    key = name_key(words)
    return (Q(name_key__contains=key) | Q(email__icontains=words)) & may_hold(PERSON_TEXTS, key, words)


def deals_with(words: str) -> Q:
    """Return the condition on deals whose name, or whose company's, holds some words.

    Each of the two is found by its own index: one question about both would read every deal.
    """
    key = name_key(words)
    if len(key) < LETTERS:
        return Q(name_key__contains=key) | Q(company__name_key__contains=key)
    deals = Deal._default_manager.filter(may_hold(DEAL_TEXTS, key), name_key__contains=key)
    companies = Company._default_manager.filter(may_hold(COMPANY_TEXTS, key), name_key__contains=key)
    of_companies = Deal._default_manager.filter(company__in=companies)
    return Q(pk__in=deals.order_by().values("pk").union(of_companies.order_by().values("pk"), all=True))
