from django.urls import path

from caudal.ui import views

app_name = "ui"
urlpatterns = [
    path("style/<str:digest>.css", views.stylesheet, name="stylesheet"),
    path("script/<str:digest>.js", views.script, name="script"),
    path("scheme", views.choose_scheme, name="scheme"),
    path("language", views.choose_language, name="language"),
    path("manifest.webmanifest", views.manifest, name="manifest"),
    path("offline", views.offline, name="offline"),
    path("components", views.components, name="components"),
]
