"""All writes of labeling."""

from labeling.services.answering import label_answer, label_undo
from labeling.services.asking import requests_add, requests_ask
from labeling.services.doubting import reason_doubt
from labeling.services.leasing import label_next, label_take, labels_hold, lease_release, leases_expire
from labeling.services.runs import run_cancel, run_propose, run_start, step_retry
from labeling.services.settling import answers_compare, label_dispute, label_settle

__all__ = [
    "answers_compare",
    "label_answer",
    "label_dispute",
    "label_next",
    "label_settle",
    "label_take",
    "label_undo",
    "labels_hold",
    "lease_release",
    "leases_expire",
    "reason_doubt",
    "requests_add",
    "requests_ask",
    "run_cancel",
    "run_propose",
    "run_start",
    "step_retry",
]
