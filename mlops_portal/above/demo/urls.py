from django.urls import path

from mlops_portal.above.demo import views

app_name = "demo"
urlpatterns = [
    path("demo/", views.board, name="board"),
    path("demo/story/", views.story, name="story"),
    path("demo/code/", views.code, name="code"),
    path("demo/machines/", views.machines, name="machines"),
    path("demo/on/", views.switch_on, name="on"),
    path("demo/<int:pk>/off/", views.switch_off, name="off"),
    path("demo/pictures/<str:part>/<str:view>.png", views.picture, name="picture"),
]
