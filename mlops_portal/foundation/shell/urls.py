"""The shell's pages; included at the root."""

from django.urls import path

from mlops_portal.foundation.shell.views import home, jobs, notifications, preferences, search, typed, undo
from mlops_portal.foundation.shell.views.styleguide import styleguide

urlpatterns = [
    path("", home.home, name="home"),
    path("cards/<slug:key>/", home.card, name="card"),
    path("search", search.search, name="search"),
    path("notifications/", notifications.index, name="notifications"),
    path("notifications/bell/", notifications.bell, name="bell"),
    path("notifications/read/", notifications.read_all, name="notifications-read-all"),
    path("notifications/preferences/", notifications.preferences, name="notification-preferences"),
    path("notifications/<int:pk>/read/", notifications.read, name="notification-read"),
    path("notifications/<int:pk>/open/", notifications.follow, name="notification-open"),
    path("jobs/<uuid:pk>/", jobs.job, name="job"),
    path("jobs/<uuid:pk>/cancel/", jobs.cancel, name="job-cancel"),
    path("typed/<str:name>/", typed.typed, name="typed"),
    path("undo/", undo.undo_last, name="undo"),
    path("preferences/", preferences.preferences, name="preferences"),
    path("styleguide", styleguide, name="styleguide"),
]
