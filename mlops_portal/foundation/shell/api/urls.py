"""The shell's part of /api/v1/."""

from django.urls import path
from drf_spectacular.views import SpectacularAPIView

from mlops_portal.foundation.shell.api import docs, views

urlpatterns = [
    path("", docs.Index.as_view(), name="api-index"),
    path("schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("docs/", docs.docs, name="api-docs"),
    path("me/", views.MeView.as_view(), name="api-me"),
    path("notifications/", views.NotificationList.as_view(), name="api-notifications"),
    path("notifications/read/", views.NotificationReadAll.as_view(), name="api-notifications-read"),
    path("notifications/<int:pk>/read/", views.NotificationRead.as_view(), name="api-notification-read"),
    path(
        "notification-preferences/",
        views.NotificationPreferences.as_view(),
        name="api-notification-preferences",
    ),
    path("undo/", views.UndoView.as_view(), name="api-undo"),
    path("jobs/", views.JobList.as_view(), name="api-jobs"),
    path("jobs/<uuid:pk>/", views.JobView.as_view(), name="api-job"),
    path("jobs/<uuid:pk>/cancel/", views.JobCancel.as_view(), name="api-job-cancel"),
]
