"""Rows of the plumbing. Business code never reads them; `kit` does."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from caudal.kit.world import new_id


class Stream(models.Model):
    """How many facts a subject has. Its row is locked by whoever writes the next: order of commit is order of facts."""

    pk = models.CompositePrimaryKey("kind", "subject")
    kind = models.CharField(max_length=40)
    subject = models.UUIDField()
    last = models.BigIntegerField()


class RecordedFactRow(models.Model):
    """One fact. A trigger refuses to change or delete it."""

    id = models.UUIDField(primary_key=True, default=new_id)
    name = models.CharField(max_length=80)
    version = models.SmallIntegerField()
    subject_kind = models.CharField(max_length=40)
    subject_id = models.UUIDField()
    sequence = models.BigIntegerField()
    refs = ArrayField(models.CharField(max_length=80))
    actor = models.CharField(max_length=64)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    cause = models.UUIDField(null=True)
    data = models.JSONField(default=dict)
    sealed = models.BinaryField(null=True)
    row_version = models.PositiveIntegerField(null=True)
    """At which version the fact left the row that it is about."""
    place = models.BigIntegerField(db_default=models.Func(function="kit_place"), editable=False)
    """Where it stands in the journal: the number of the transaction that wrote it, given by the database."""
    nth = models.BigIntegerField(
        db_default=models.Func(models.Value("kit_fact_nth"), function="nextval"), editable=False
    )
    """Where it stands among the facts of its transaction."""

    class Meta:
        db_table = "kit_fact"
        constraints = [
            models.UniqueConstraint(fields=["subject_kind", "subject_id", "sequence"], name="kit_fact_in_order"),
        ]
        indexes = [
            GinIndex(fields=["refs"], name="kit_fact_refs"),
            models.Index(fields=["name", "occurred_at"], name="kit_fact_name"),
            models.Index(fields=["place", "nth", "id"], name="kit_fact_place"),
        ]


class SubjectKey(models.Model):
    """The key that seals the personal values of one subject. Destroying it erases them everywhere."""

    pk = models.CompositePrimaryKey("kind", "subject")
    kind = models.CharField(max_length=40)
    subject = models.UUIDField()
    secret = models.BinaryField(null=True)
    erased_at = models.DateTimeField(null=True)


class Delivery(models.Model):
    """A fact that one handler has not taken yet. Taking it deletes the row, in the transaction of the effect."""

    id = models.BigAutoField(primary_key=True)
    handler = models.CharField(max_length=80)
    fact = models.ForeignKey(RecordedFactRow, on_delete=models.CASCADE, related_name="+", db_index=False)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.UUIDField()
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)
    parked_at = models.DateTimeField(null=True)
    retry_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["handler", "fact"], name="kit_delivery_once")]
        indexes = [
            models.Index(fields=["handler", "id"], name="kit_delivery_next"),
            models.Index(
                fields=["handler", "subject_kind", "subject_id"],
                condition=models.Q(parked_at__isnull=False),
                name="kit_delivery_parked",
            ),
        ]


class IdempotentRequest(models.Model):
    """The answer to one write that carried an `Idempotency-Key`, kept in the write's own transaction."""

    pk = models.CompositePrimaryKey("actor", "key")
    actor = models.CharField(max_length=64)
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    headers = models.JSONField(default=dict)
    body = models.BinaryField(null=True)
    created_at = models.DateTimeField()


class LetterRow(models.Model):
    """A message to one person: posted, claimed by a worker, and then sent, failed, offered again or in doubt."""

    id = models.UUIDField(primary_key=True, default=new_id)
    key = models.CharField(max_length=200, unique=True)
    recipient = models.CharField(max_length=254)
    subject = models.CharField(max_length=400)
    text = models.TextField()
    html = models.TextField(blank=True)
    headers = models.JSONField(default=dict)
    file_name = models.CharField(max_length=200, blank=True, default="", db_default="")
    file_type = models.CharField(max_length=100, blank=True, default="", db_default="")
    file_content = models.BinaryField(default=bytes, db_default=b"")
    """A file that goes with it."""
    posted_at = models.DateTimeField()
    due_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)

    class Meta:
        db_table = "kit_letter"
        indexes = [
            models.Index(
                fields=["due_at", "id"],
                condition=models.Q(claimed_at=None, failed_at=None),
                name="kit_letter_due",
            ),
            models.Index(fields=["recipient", "posted_at"], name="kit_letter_to"),
        ]


class SearchEntry(models.Model):
    """What one record is found by. Written by `kit.search` alone, from the record itself; never the source of anything.

    Beside the words stand marks that no text can make: `#kind`, and `@owner` (or `@` alone) with one `@…` for each
    member and team that it is shared with, so that a search within somebody's reach is one look into the index.
    """

    pk = models.CompositePrimaryKey("kind", "record")
    kind = models.CharField(max_length=40)
    record = models.UUIDField()
    title_key = models.CharField(max_length=400, db_collation="C")
    words = SearchVectorField()

    class Meta:
        db_table = "kit_search_entry"
        indexes = [
            GinIndex(fields=["words"], fastupdate=False, name="kit_search_words"),
            models.Index(fields=["kind", "title_key"], name="kit_search_title"),
        ]


class SearchSpelling(models.Model):
    """A word of some name, and one way to misspell it: the word less one letter, or the word itself."""

    pk = models.CompositePrimaryKey("variant", "word")
    variant = models.CharField(max_length=24, db_collation="C")
    word = models.CharField(max_length=24, db_collation="C")

    class Meta:
        db_table = "kit_search_spelling"
        indexes = [models.Index(fields=["word"], name="kit_search_spelt")]


class SearchVisit(models.Model):
    """A member opened a record; the last time counts, and only so many are kept."""

    pk = models.CompositePrimaryKey("member", "kind", "record")
    member = models.UUIDField()
    kind = models.CharField(max_length=40)
    record = models.UUIDField()
    opened_at = models.DateTimeField()

    class Meta:
        db_table = "kit_search_visit"
        indexes = [models.Index(fields=["kind", "record"], name="kit_search_visited")]


class Trace(models.Model):
    """A row that a batch wrote: how it was before, nothing for a new one, and a digest of how the batch left it."""

    id = models.BigAutoField(primary_key=True)
    batch = models.UUIDField()
    at_table = models.CharField(max_length=63)
    row_id = models.UUIDField()
    before = models.JSONField(null=True)
    after = models.CharField(max_length=32, blank=True)
    """Nothing for a row that the batch deleted."""
    kept = models.CharField(max_length=10, blank=True, db_default="")
    """Why the row stays while the batch is taken back."""
    kept_by = models.CharField(max_length=120, blank=True, db_default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "at_table", "row_id"], name="kit_trace_once")]
        indexes = [models.Index(fields=["row_id"], name="kit_trace_row")]
