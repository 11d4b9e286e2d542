"""Addresses of the pages of billing."""

from django.urls import path

from caudal.billing.views import contracts, doors, subscriptions

app_name = "billing"
urlpatterns = [
    path("customers", doors.customer_list, name="customers"),
    path("customers/<str:customer_id>", doors.customer, name="customer"),
    path("subscriptions", subscriptions.subscription_list, name="subscriptions"),
    path("subscriptions/<str:subscription_id>", subscriptions.subscription, name="subscription"),
    path("contracts", contracts.contract_list, name="contracts"),
    path("contracts/<str:contract_id>", doors.contract, name="contract"),
    path("orders/<str:order_id>", contracts.order, name="order"),
]
