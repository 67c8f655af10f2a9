"""Addresses: the editions, one edition and its papers, what the review meeting asked for, appeals,
signals of gaming, cards."""

from __future__ import annotations

from django.urls import path

from jiesu.web.bulletin import appeals, cards, editing, editions, followups, signals

urlpatterns = [
    path("bulletin", editions.show, name="bulletin"),
    path("bulletin/make", editions.make, name="bulletin-make"),
    path("bulletin/appeals", appeals.show, name="bulletin-appeals"),
    path("bulletin/cards", cards.show, name="bulletin-cards"),
    path("bulletin/cards/<int:id_>/<slug:verb>", cards.act, name="bulletin-card"),
    path("bulletin/followups", followups.show, name="bulletin-followups"),
    path("bulletin/followups/add", followups.add, name="bulletin-followup-add"),
    path("bulletin/followups/<int:id_>", followups.mark, name="bulletin-followup-mark"),
    path("bulletin/signals", signals.show, name="bulletin-signals"),
    path("bulletin/signals/find", signals.find, name="bulletin-signals-find"),
    path("bulletin/signals/search", signals.search, name="bulletin-signals-search"),
    path("bulletin/signals/stop", signals.stop, name="bulletin-signals-stop"),
    path("bulletin/signals/<int:id_>/<slug:verb>", signals.act, name="bulletin-signal"),
    path("bulletin/<str:code>/text", editing.text, name="bulletin-text"),
    path("bulletin/<str:code>/renew", editing.renew, name="bulletin-renew"),
    path("bulletin/<str:code>/issue", editing.issue, name="bulletin-issue"),
    path("bulletin/<str:code>/correct", editing.correct, name="bulletin-correct"),
    path("bulletin/<str:code>/paper.<slug:form>", editing.paper, name="bulletin-paper"),
    path("bulletin/<str:code>", editing.show, name="bulletin-edition"),
]
