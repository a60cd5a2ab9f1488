from __future__ import annotations

import base64
import hashlib
import os
import stat
from contextlib import suppress

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import example, given
from hypothesis import strategies as st

from beforehand.auth.signing import (
    STATEMENT_PREFIX,
    BadSignature,
    SigningKeyError,
    format_signature,
    key_id,
    load_signing_key,
    make_signing_key,
    parse_signature,
    public_text,
    sign,
    verify,
)

from . import forger

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
TEXT = public_text(KEY)
BODY = b'{"notice":"1","version":3}'
SIGNATURE = sign(KEY, BODY)
PRIME = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493


def base64url(data):
    return forger.base64url(data).decode()


def raw(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def flipped(data, bit):
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


class TestSignatures:
    @pytest.mark.parametrize(
        ("private", "public", "message", "signature"),
        [  # RFC 8032 §7.1, tests 1 to 3
            (
                "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
                "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
                "",
                "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe2465514143"
                "8e7a100b",
            ),
            (
                "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
                "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
                "72",
                "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d2916"
                "12bb0c00",
            ),
            (
                "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
                "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
                "af82",
                "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea"
                "1ec40a",
            ),
        ],
    )
    def test_the_vectors_of_rfc_8032_hold_for_the_keys_and_never_for_statements(
        self, private, public, message, signature
    ):
        key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(private))
        assert raw(public_text(key)) == bytes.fromhex(public)
        assert key.sign(bytes.fromhex(message)) == bytes.fromhex(signature)
        assert not verify(public_text(key), bytes.fromhex(message), base64url(bytes.fromhex(signature)))

    def test_a_statement_is_signed_behind_its_prefix(self):
        assert STATEMENT_PREFIX == b"beforehand/statement/v1\n"
        assert raw(SIGNATURE) == KEY.sign(b"beforehand/statement/v1\n" + BODY)
        KEY.public_key().verify(raw(SIGNATURE), b"beforehand/statement/v1\n" + BODY)

    def test_the_form_of_a_statement_is_frozen(self):
        assert TEXT == "A6EHv_POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg"
        assert key_id(TEXT) == hashlib.sha256(raw(TEXT)).hexdigest()[:16] == "56475aa75463474c"
        assert SIGNATURE == ("4c4iT8Euy_BXptUsO6mZ0RJvNHYfHkdfN6m-NfDY3ElojdUbuqqLCLIquKHz8jkzqW05k-1klUXrl_1UV9uZCw")

    @given(st.binary(max_size=300))
    def test_what_was_signed_verifies(self, data):
        assert verify(TEXT, data, sign(KEY, data))

    def test_a_body_with_one_bit_changed_does_not_verify(self):
        assert verify(TEXT, BODY, SIGNATURE)
        for bit in range(len(BODY) * 8):
            assert not verify(TEXT, flipped(BODY, bit), SIGNATURE)

    @pytest.mark.parametrize("body", [b"", BODY[:-1], BODY + b"\n", b" " + BODY, STATEMENT_PREFIX + BODY])
    def test_nor_does_a_shorter_or_a_longer_one(self, body):
        assert not verify(TEXT, body, SIGNATURE)

    def test_a_signature_with_one_bit_changed_does_not_verify(self):
        for bit in range(512):
            assert not verify(TEXT, BODY, base64url(flipped(raw(SIGNATURE), bit)))

    def test_nor_does_the_other_spelling_of_the_same_number(self):
        data = raw(SIGNATURE)
        larger = int.from_bytes(data[32:], "little") + ORDER
        assert not verify(TEXT, BODY, base64url(data[:32] + larger.to_bytes(32, "little")))

    def test_another_key_did_not_sign_it(self):
        assert not verify(public_text(Ed25519PrivateKey.generate()), BODY, SIGNATURE)

    @pytest.mark.parametrize(
        "signature", ["", SIGNATURE + "==", SIGNATURE[:-1], SIGNATURE + "A", " " + SIGNATURE, "é" * 86]
    )
    def test_a_signature_has_one_spelling(self, signature):
        assert not verify(TEXT, BODY, signature)

    @given(st.text(st.characters(), max_size=90), st.text(st.characters(), max_size=90), st.binary(max_size=90))
    def test_no_text_makes_verifying_raise(self, public, signature, data):
        for key in (public, TEXT, base64url(data[:32].ljust(32, b"\0"))):
            for signed in (signature, base64url(data[:64].ljust(64, b"\0"))):
                assert verify(key, BODY, signed) is False


class TestPublicKeys:
    def test_the_text_is_that_of_either_half(self):
        assert public_text(KEY.public_key()) == TEXT
        assert Ed25519PublicKey.from_public_bytes(raw(TEXT)) == KEY.public_key()

    @pytest.mark.parametrize(
        "text", ["", "x", TEXT[:-1], TEXT + "=", TEXT + "A", TEXT[:-1] + "5", "+" + TEXT[1:], "é" * 43, "\ud800" * 43]
    )
    def test_what_is_no_key_has_no_name(self, text):
        with pytest.raises(SigningKeyError, match="43 characters"):
            key_id(text)

    def test_no_key_is_taken_under_which_a_signature_proves_nothing(self):
        for point in small_points():
            for y in (y for y in (point[1], point[1] + PRIME) if y < 2**255):
                for sign_of_x in (0, 1):
                    text = base64url((y | sign_of_x << 255).to_bytes(32, "little"))
                    with pytest.raises(SigningKeyError, match="proves nothing"):
                        key_id(text)
                    # With R the neutral point and S = 0 such a key "signs" about one statement in its order.
                    forged = base64url(b"\1" + bytes(63))
                    assert not any(verify(text, bytes([number]), forged) for number in range(64))

    @pytest.mark.parametrize("y", range(PRIME, 2**255))
    def test_no_key_has_a_second_spelling(self, y):
        with pytest.raises(SigningKeyError):
            key_id(base64url(y.to_bytes(32, "little")))


def small_points():
    """The eight points of Ed25519 whose order divides 8, by the curve's own law (RFC 8032 §5.1.4), slowly."""
    d = -121665 * pow(121666, -1, PRIME) % PRIME

    def added(one, other):
        (a, b), (c, e) = one, other
        product = d * a * b * c * e
        return (
            (a * e + b * c) * pow(1 + product, -1, PRIME) % PRIME,
            (b * e + a * c) * pow(1 - product, -1, PRIME) % PRIME,
        )

    def times(number, point):
        total = (0, 1)
        for bit in bin(number)[2:]:
            total = added(total, total)
            if bit == "1":
                total = added(total, point)
        return total

    points = {(0, 1)}
    y = 2
    while len(points) < 8:
        square = (y * y - 1) * pow(d * y * y + 1, -1, PRIME) % PRIME
        x = pow(square, (PRIME + 3) // 8, PRIME)
        if x * x % PRIME != square:
            x = x * pow(2, (PRIME - 1) // 4, PRIME) % PRIME
        if x * x % PRIME == square:
            generator = times(ORDER, (x, y))
            points |= {times(number, generator) for number in range(8)}
        y += 1
    return points


class TestHeader:
    def test_it_says_which_key_and_what_it_signed(self):
        value = format_signature(key_id(TEXT), SIGNATURE)
        assert value == f"{key_id(TEXT)} {SIGNATURE}"
        assert parse_signature(value.encode()) == (key_id(TEXT), SIGNATURE)

    @pytest.mark.parametrize(
        ("header", "says"),
        [
            (b"", "one part"),
            (b"x", "one part"),
            (f"{'0' * 16}\t{SIGNATURE}".encode(), "one part"),
            (f"{'0' * 16}  {SIGNATURE}".encode(), "64 bytes"),
            (f" {'0' * 16} {SIGNATURE}".encode(), "key id"),
            (f"{'0' * 15} {SIGNATURE}".encode(), "key id"),
            (f"{'0' * 17} {SIGNATURE}".encode(), "key id"),
            (f"{'A' * 16} {SIGNATURE}".encode(), "key id"),
            (f"{'g' * 16} {SIGNATURE}".encode(), "key id"),
            (f"{'0' * 15}\n {SIGNATURE}".encode(), "key id"),
            (f"{'0' * 16} {SIGNATURE} ".encode(), "64 bytes"),
            (f"{'0' * 16} {SIGNATURE}\n".encode(), "64 bytes"),
            (f"{'0' * 16} {SIGNATURE}==".encode(), "64 bytes"),
            (f"{'0' * 16} {SIGNATURE[:-1]}".encode(), "64 bytes"),
            (f"{'0' * 16} {'+' * 86}".encode(), "64 bytes"),
            (f"{'0' * 16} {'A' * 85}B".encode(), "64 bytes"),  # a spare bit is set
            (b"0" * 16 + b" " + b"\xff" * 86, "64 bytes"),
            (b"0" * 1_000_000, "one part"),
        ],
    )
    def test_what_is_wrong_with_it_is_said_and_nothing_is_quoted(self, header, says):
        with pytest.raises(BadSignature, match=says) as caught:
            parse_signature(header)
        assert len(str(caught.value)) < 300

    @given(st.binary(max_size=120) | st.from_regex(rb"[0-9a-f]{16} [A-Za-z0-9_-]{86}", fullmatch=True))
    @example(b"0" * 16 + b" " + b"A" * 86)
    def test_any_bytes_are_read_back_as_they_are_or_refused(self, header):
        with suppress(BadSignature):
            assert format_signature(*parse_signature(header)).encode() == header

    @given(st.text(st.characters(), max_size=20), st.text(st.characters(), max_size=90))
    def test_nothing_is_written_that_could_not_be_read(self, name, signature):
        for name_given, signature_given in ((name, SIGNATURE), (key_id(TEXT), signature)):
            with pytest.raises(BadSignature):
                format_signature(name_given, signature_given)


class TestFiles:
    def test_what_is_made_signs(self, tmp_path):
        private, public = make_signing_key(tmp_path / "new" / "folder", "north-2030")
        assert (private.name, public.name) == ("north-2030.pem", "north-2030.pub")
        key = load_signing_key(private)
        assert public.read_text() == public_text(key) + "\n"
        assert verify(public.read_text().strip(), BODY, sign(key, BODY))

    def test_both_files_are_for_their_owner_alone_and_nothing_else_is_left(self, tmp_path):
        before = os.umask(0)
        try:
            files = make_signing_key(tmp_path, "north")
        finally:
            os.umask(before)
        assert [stat.S_IMODE(file.stat().st_mode) for file in files] == [0o600, 0o600]
        assert sorted(tmp_path.iterdir()) == sorted(files)

    @pytest.mark.parametrize("there", ["north.pem", "north.pub"])
    def test_nothing_is_overwritten(self, tmp_path, there):
        (tmp_path / there).write_bytes(b"precious")
        with pytest.raises(SigningKeyError, match="none is overwritten"):
            make_signing_key(tmp_path, "north")
        assert [(file.name, file.read_bytes()) for file in tmp_path.iterdir()] == [(there, b"precious")]

    @pytest.mark.parametrize("there", ["north.pem", "north.pub"])
    def test_not_even_a_link_to_nowhere_is_followed(self, tmp_path, there):
        (tmp_path / there).symlink_to(tmp_path / "elsewhere")
        with pytest.raises(SigningKeyError, match="none is overwritten"):
            make_signing_key(tmp_path, "north")
        assert [file.name for file in tmp_path.iterdir()] == [there]

    @pytest.mark.parametrize("name", ["", ".", "..", "../x", "a/b", "a\0", "-x", ".x", "é", "x" * 65, "x\n"])
    def test_a_name_stays_in_its_folder(self, tmp_path, name):
        with pytest.raises(SigningKeyError, match="cannot be named"):
            make_signing_key(tmp_path / "new", name)
        assert not (tmp_path / "new").exists()

    def test_a_folder_that_cannot_be_written_is_named(self, tmp_path):
        (tmp_path / "file").write_bytes(b"")
        with pytest.raises(SigningKeyError, match="file"):
            make_signing_key(tmp_path / "file", "north")

    @pytest.mark.parametrize(
        "data",
        [
            b"",
            b"x",
            b"\xff" * 100_000,
            forger.public_pem(KEY),
            forger.private_pem(forger.RSA),
            forger.private_pem(KEY)[:-40],
        ],
    )
    def test_only_a_private_ed25519_key_signs(self, tmp_path, data):
        (tmp_path / "k").write_bytes(data)
        with pytest.raises(SigningKeyError, match="private Ed25519 key"):
            load_signing_key(tmp_path / "k")

    def test_a_missing_key_file_is_named(self, tmp_path):
        with pytest.raises(SigningKeyError, match=r"missing\.pem"):
            load_signing_key(tmp_path / "missing.pem")
