//! What the lists of users are called.

use super::super::FileName;
use super::formats::SectionName;
use crate::ir::PasswordAuth;

/// What the file sets, so that the configuration knows that it was read.
pub(super) const SIGN: &str = "INGRESS_USERS";

/// Name of the list of users that an object holds.
pub(super) fn list(auth: &PasswordAuth) -> SectionName {
    // An underscore stands in no name of an object.
    let name = auth.secret.replacen('/', "_", 1);
    SectionName::of_thing(&if auth.keys_are_users { format!("{name}_keys") } else { name })
}

/// The table of the users of a list whose passwords HAProxy does not check by the list.
pub(super) fn hashes(auth: &PasswordAuth) -> FileName {
    FileName::of_object("auth", &auth.secret, if auth.keys_are_users { "_keys.map" } else { ".map" })
}
