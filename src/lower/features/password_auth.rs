//! Users and passwords.

use super::objects;
use super::reader::{Reader, Stop};
use crate::catalog::features::password_auth as keys;
use crate::catalog::value::patterns;
use crate::ir::{PasswordAuth, Scheme};
use crate::lower::world::key_of;

/// Where the controller writes the files with the passwords.
const FOLDER: &str = "/etc/ingress-controller/auth";

pub(in crate::lower) fn read(reader: &mut Reader) -> Result<Option<PasswordAuth>, Stop> {
    let Some(scheme) = reader.get(&keys::SCHEME)? else { return Ok(None) };
    if !patterns::AUTH_TYPE.is_match(&scheme) {
        return Err(reader.deny(&keys::SCHEME, "it must be `basic` or `digest`"));
    }
    let scheme = match scheme.as_str() {
        "basic" => Scheme::Basic,
        "digest" => Scheme::Digest,
        _ => Scheme::Unloaded,
    };
    let form = reader.or(&keys::SECRET_TYPE, String::from("auth-file"))?;
    let Some(reference) = reader.get(&keys::SECRET)? else {
        return Err(reader.deny(&keys::SCHEME, "it needs a Secret with users and passwords (`auth-secret`)"));
    };
    let secret = objects::secret(reader, &keys::SECRET, &reference)?;
    // Quirk: a bad realm only matters once the Secret is found.
    let realm = reader.get(&keys::REALM)?.unwrap_or_default();
    let name = key_of(&secret.reference.namespace, &secret.reference.name);
    let Some(file) = password_file(reader.namespace(), reader.uid(), secret.value.metadata.uid.as_deref().unwrap_or_default()) else {
        return Err(reader.deny(&keys::SECRET, "the identities of Ingress and Secret cannot be part of a file name"));
    };
    match form.as_str() {
        "auth-file" if secret.value.data.iter().flatten().any(|(key, _)| key == "auth") => {}
        "auth-file" => return Err(reader.deny(&keys::SECRET, format!("the Secret `{name}` has no key `auth`"))),
        "auth-map" => {}
        _ => return Err(reader.deny(&keys::SECRET_TYPE, "it must be `auth-file` or `auth-map`")),
    }
    Ok(Some(PasswordAuth { scheme, realm, file, secret: name, keys_are_users: form == "auth-map" }))
}

/// The file that the controller writes the passwords to; none where its name would lead out of the folder.
fn password_file(namespace: &str, ingress: &str, secret: &str) -> Option<String> {
    let name = format!("{namespace}-{ingress}-{secret}.passwd");
    (!name.contains('/')).then(|| format!("{FOLDER}/{name}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn password_files_stay_in_their_folder() {
        for (identities, expected) in [
            (("shop", "i-1", "s-2"), Some("/etc/ingress-controller/auth/shop-i-1-s-2.passwd")),
            (("shop", "", ""), Some("/etc/ingress-controller/auth/shop--.passwd")),
            (("shop", "..", "s"), Some("/etc/ingress-controller/auth/shop-..-s.passwd")),
            (("shop", "/../x", "s"), None),
            (("shop", "i", "s/"), None),
        ] {
            let (namespace, ingress, secret) = identities;
            assert_eq!(password_file(namespace, ingress, secret).as_deref(), expected, "{identities:?}");
        }
    }
}
