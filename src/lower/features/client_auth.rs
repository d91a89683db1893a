//! Certificates that clients must show.

use super::reader::{Reader, Stop};
use super::{fallbacks, objects};
use crate::catalog::features::client_auth as keys;
use crate::ir::{ClientAuth, Verify};

pub(in crate::lower) fn read(reader: &mut Reader) -> Result<Option<ClientAuth>, Stop> {
    let Some(reference) = reader.get(&keys::SECRET)? else { return Ok(None) };
    Ok(Some(ClientAuth {
        trust: objects::trust_store(reader, &keys::SECRET, &reference)?,
        verify: Verify::of(&fallbacks::word(reader, &keys::VERIFY, "on")?),
        depth: fallbacks::depth(reader, &keys::DEPTH)?,
        error_page: reader.get(&keys::ERROR_PAGE)?.unwrap_or_default(),
        pass_to_backend: reader.or(&keys::PASS_TO_BACKEND, false)?,
        match_subject: reader.get(&keys::MATCH_SUBJECT)?.unwrap_or_default(),
    }))
}
