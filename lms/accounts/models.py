"""Tables of signed-in browsers, of codes and links for a password, of second factors, passkeys and accounts at a provider."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.base.db import Base, UtcDateTime


class SignIn(Base):
    """A signed-in browser; the cookie holds the secret, the row only its hash.

    `strength` is "half" while the second step is still to come, "single" after a password alone, "double" after two factors.
    """

    __tablename__ = "sign_ins"
    __table_args__ = (CheckConstraint("strength in ('half', 'single', 'double')", name="strength"),)

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    proved_at: Mapped[datetime] = mapped_column(UtcDateTime)  # when she last showed who she is
    strength: Mapped[str] = mapped_column(default="single")
    how: Mapped[str] = mapped_column(default="password")
    address: Mapped[str | None]
    browser: Mapped[str | None]


class ActivationCode(Base):
    """A one-time code with which an imported person sets a first password."""

    __tablename__ = "activation_codes"

    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"), primary_key=True)
    code_hash: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Authenticator(Base):
    """The secret that a person's authenticator app shares with us, sealed; `last_step` is the newest half minute whose code was used."""

    __tablename__ = "authenticators"

    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"), primary_key=True)
    secret: Mapped[str]
    last_step: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class RecoveryCode(Base):
    """A code that stands in once for a lost telephone; its 80 random bits need no slow hash."""

    __tablename__ = "recovery_codes"

    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"), primary_key=True)
    code_hash: Mapped[str] = mapped_column(primary_key=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Passkey(Base):
    """A key pair of which a device of the person keeps the private half; ids and keys are written in base64url."""

    __tablename__ = "passkeys"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"), index=True)
    name: Mapped[str]
    credential_id: Mapped[str] = mapped_column(unique=True)
    public_key: Mapped[str]
    user_handle: Mapped[str]  # what the device knows the person by: random, the same for all her passkeys
    sign_count: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Challenge(Base):
    """What a browser's passkey has to sign next; it is taken out when it is answered, so that it works once."""

    __tablename__ = "passkey_challenges"

    browser_hash: Mapped[str] = mapped_column(primary_key=True)
    purpose: Mapped[str] = mapped_column(primary_key=True)
    challenge: Mapped[str]
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class OneTimeLink(Base):
    """A link sent by mail that works once; `fingerprint` is of the password at the making, so that a new password ends it."""

    __tablename__ = "one_time_links"
    __table_args__ = (
        CheckConstraint("purpose in ('activation', 'reset', 'email')", name="purpose"),
        CheckConstraint("(purpose = 'email') = (email is not null)", name="email"),
        Index("ix_one_time_links_person", "person_id", "purpose", "created_at"),
    )

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"))
    purpose: Mapped[str]
    email: Mapped[str | None]  # the address to be confirmed
    fingerprint: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ProviderAccount(Base):
    """What an OpenID Connect provider calls a person; one name for each of the two."""

    __tablename__ = "provider_accounts"
    __table_args__ = (UniqueConstraint("issuer", "person_id"),)

    issuer: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"), index=True)
    linked_at: Mapped[datetime] = mapped_column(UtcDateTime)
