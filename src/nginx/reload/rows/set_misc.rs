//! Values that set-misc makes, which is in the controller's image.

use super::super::directives::Kind::{Any, Flag};
use super::super::directives::{Directive, HTTP, LOCATION, LOCATION_IF, Places, SERVER, SERVER_IF, often, once};

const ALL: Places = HTTP | SERVER | SERVER_IF | LOCATION | LOCATION_IF;

/// A value of a variable, made from itself or from another.
const fn of_one(name: &'static str) -> Directive {
    often(name, ALL, 1, 2)
}

pub(in super::super) const ROWS: &[Directive] = &[
    of_one("set_decode_base32"),
    of_one("set_decode_base64"),
    of_one("set_decode_base64url"),
    of_one("set_decode_hex"),
    of_one("set_encode_base32"),
    of_one("set_encode_base64"),
    of_one("set_encode_base64url"),
    of_one("set_encode_hex"),
    of_one("set_escape_uri"),
    of_one("set_unescape_uri"),
    of_one("set_md5"),
    of_one("set_sha1"),
    of_one("set_quote_json_str"),
    of_one("set_quote_pgsql_str"),
    of_one("set_quote_sql_str"),
    of_one("set_secure_random_alphanum"),
    of_one("set_secure_random_lcalpha"),
    often("set_local_today", ALL, 1, 1),
    often("set_formatted_gmt_time", ALL, 2, 2),
    often("set_formatted_local_time", ALL, 2, 2),
    often("set_if_empty", ALL, 2, 2),
    often("set_hashed_upstream", ALL, 3, 3),
    often("set_hmac_sha1", ALL, 3, 3),
    often("set_hmac_sha256", ALL, 3, 3),
    often("set_random", ALL, 3, 3),
    often("set_rotate", ALL, 3, 3),
    once("set_base32_alphabet", ALL, 1, 1, Any),
    once("set_base32_padding", ALL, 1, 1, Flag),
    once("set_misc_base32_padding", ALL, 1, 1, Flag),
];
