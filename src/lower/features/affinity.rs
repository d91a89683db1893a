//! Keeping a client on one endpoint.

use super::reader::{Reader, Stop};
use crate::catalog::features::affinity as keys;
use crate::catalog::key::Key;
use crate::catalog::value::patterns;
use crate::ir::AffinityCookie;
use crate::lower::annotations::AffinityRequest;

/// Name of the cookie where none is given.
const DEFAULT_COOKIE: &str = "INGRESSCOOKIE";

pub(in crate::lower) fn read(reader: &mut Reader) -> Result<AffinityRequest, Stop> {
    let kind = reader.get(&keys::KIND)?.unwrap_or_default();
    let cookie = if kind == "cookie" { cookie(reader)? } else { AffinityCookie::default() };
    Ok(AffinityRequest {
        mode: reader.get(&keys::MODE)?.unwrap_or_default(),
        canary_behavior: reader.get(&keys::CANARY_BEHAVIOR)?.unwrap_or_default(),
        kind,
        cookie,
    })
}

fn cookie(reader: &mut Reader) -> Result<AffinityCookie, Stop> {
    Ok(AffinityCookie {
        name: reader.or(&keys::COOKIE_NAME, DEFAULT_COOKIE.to_owned())?,
        expires: age(reader, &keys::COOKIE_EXPIRES)?,
        max_age: age(reader, &keys::COOKIE_MAX_AGE)?,
        secure: reader.or(&keys::COOKIE_SECURE, false)?,
        path: reader.get(&keys::COOKIE_PATH)?.unwrap_or_default(),
        domain: reader.get(&keys::COOKIE_DOMAIN)?.unwrap_or_default(),
        same_site: reader.get(&keys::COOKIE_SAME_SITE)?.unwrap_or_default(),
        conditional_same_site_none: reader.or(&keys::COOKIE_CONDITIONAL_SAME_SITE_NONE, false)?,
        change_on_failure: reader.or(&keys::COOKIE_CHANGE_ON_FAILURE, false)?,
        locations: std::collections::BTreeMap::new(),
    })
}

/// Quirk: spaces pass the check, and then keep the number from being understood.
fn age(reader: &mut Reader, key: &'static Key<String>) -> Result<String, Stop> {
    let Some(seconds) = reader.get(key)? else { return Ok(String::new()) };
    if patterns::COOKIE_AGE.is_match(&seconds) {
        return Ok(seconds);
    }
    reader.ignore(key, "spaces keep the controller from reading the number");
    Ok(String::new())
}
