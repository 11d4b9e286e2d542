"""Addresses of the pages of the catalogue."""

from django.urls import path

from caudal.catalog.views.bundles import bundle
from caudal.catalog.views.catalogue import catalogue
from caudal.catalog.views.costs import cost
from caudal.catalog.views.editing import offering_edit, offering_new
from caudal.catalog.views.offerings import offering
from caudal.catalog.views.pricelists import price_list_file, price_lists
from caudal.catalog.views.prices import price_check, price_new
from caudal.catalog.views.products import product

app_name = "catalog"
urlpatterns = [
    path("catalogue", catalogue, name="catalogue"),
    path("catalogue/prices", price_lists, name="price_lists"),
    path("catalogue/prices.csv", price_list_file, {"kind": "csv"}, name="price_list_csv"),
    path("catalogue/prices.xlsx", price_list_file, {"kind": "xlsx"}, name="price_list_xlsx"),
    path("bundles/<str:bundle_id>", bundle, name="bundle"),
    path("products/<str:product_id>", product, name="product"),
    path("offerings/new", offering_new, name="offering_new"),
    path("offerings/<str:offering_id>", offering, name="offering"),
    path("offerings/<str:offering_id>/edit", offering_edit, name="offering_edit"),
    path("offerings/<str:offering_id>/cost", cost, name="cost"),
    path("charges/<str:charge_id>/prices/new", price_new, name="price_new"),
    path("charges/<str:charge_id>/prices/check", price_check, name="price_check"),
]
