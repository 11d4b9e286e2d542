"""Addresses that several pages share: a record with the forms that belong to it, and lists that stand side by side."""

from collections.abc import Callable, Mapping
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from caudal.billing.views import contracts, customers, subscriptions
from caudal.kit.pages import needs

OF_CUSTOMER: Final[Mapping[str, Callable[[HttpRequest, str], HttpResponse]]] = {
    "edit": customers.customer_edit,
    "subscription": subscriptions.subscription_new,
    "contract": contracts.contract_new,
    "order": contracts.order_new,
}


@needs("customer")
@require_http_methods(["GET", "POST"])
def customer_list(request: HttpRequest) -> HttpResponse:
    """List the customers, or make a company or a person one."""
    return customers.customer_new(request) if "of" in request.GET else customers.customer_list(request)


@needs("customer")
@require_http_methods(["GET", "POST"])
def customer(request: HttpRequest, customer_id: str) -> HttpResponse:
    """Show a customer, or one of the forms that belong to it."""
    return OF_CUSTOMER.get(request.GET.get("form", ""), customers.customer)(request, customer_id)


@needs("contract")
@require_http_methods(["GET", "POST"])
def contract(request: HttpRequest, contract_id: str) -> HttpResponse:
    """Show a contract, or the form that changes it."""
    shown = contracts.contract_edit if request.GET.get("form") == "edit" else contracts.contract
    return shown(request, contract_id)
