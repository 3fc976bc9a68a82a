"""The addresses of the product with the component page, which otherwise is there only under DEBUG."""

from django.urls import include, path

from chargenet.urls import urlpatterns as product

urlpatterns = [path("_components/", include("core.component_page")), *product]
