"""Addresses of back-tests."""

from django.urls import path

from mlops_portal.above.backtests.views import compare, listed, new, result, tables

urlpatterns = [
    path("backtests/", listed.backtests, name="backtests"),
    path("backtests/new/", new.new, name="backtest_new"),
    path("backtests/compare/", compare.compare, name="backtest_compare"),
    path("backtests/tables/", tables.tables, name="backtest_tables"),
    path("backtests/tables/upload/", tables.upload, name="backtest_table_upload"),
    path("backtests/tables/dataset/", tables.from_dataset, name="backtest_table_dataset"),
    path("backtests/tables/<int:pk>/answer/", tables.answer, name="backtest_table_answer"),
    path("backtests/tables/<int:pk>/remove/", tables.remove, name="backtest_table_remove"),
    path("backtests/<int:pk>/", result.backtest, name="backtest"),
    path("backtests/<int:pk>/result.json", result.download, name="backtest_download"),
    path("backtests/<int:pk>/cancel/", result.cancel, name="backtest_cancel"),
    path("backtests/<int:pk>/delete/", result.delete, name="backtest_delete"),
]
