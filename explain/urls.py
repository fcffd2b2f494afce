"""Parts of pages below /explain/."""

from django.urls import path

from explain import views

app_name = "explain"
urlpatterns = [
    path("explain/parts/<str:pk>/", views.part, name="part"),
    path("explain/parts/<str:pk>/ask/", views.ask, name="ask"),
    path("explain/alerts/<int:pk>/", views.alert, name="alert"),
    path("explain/candidates/<slug:model>/<int:number>/", views.candidate, name="candidate"),
]
