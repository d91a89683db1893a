//! What files with secrets hold, where the configuration is to bring them along.

use std::collections::BTreeMap;
use std::fmt;

/// What a file is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SecretUse {
    /// A certificate with its chain and key.
    Certificate,
    /// Authorities that are trusted.
    Authorities,
    /// Certificates that are revoked.
    Revocations,
    /// Users with the hashes of their passwords, as one file.
    PasswordFile,
    /// Users with the hashes of their passwords, of which the object has a key each.
    PasswordMap,
    /// Parameters of the Diffie-Hellman key exchange.
    DhParameters,
}

/// A text that never shows in messages.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretText(String);

impl SecretText {
    /// Hides a text.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(text)
    }

    /// The text, for the file that it belongs into.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretText(…)")
    }
}

/// Texts of files by their use and the name `namespace/name` of the object that holds them; empty unless asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Secrets(BTreeMap<(SecretUse, String), SecretText>);

impl Secrets {
    /// Adds the text of a file.
    pub fn insert(&mut self, purpose: SecretUse, object: &str, text: String) {
        self.0.insert((purpose, object.to_owned()), SecretText::new(text));
    }

    /// The text of a file.
    #[must_use]
    pub fn get(&self, purpose: SecretUse, object: &str) -> Option<&SecretText> {
        self.0.get(&(purpose, object.to_owned()))
    }

    /// All files, by use and name.
    pub fn iter(&self) -> impl Iterator<Item = (SecretUse, &str, &SecretText)> {
        self.0.iter().map(|((purpose, object), text)| (*purpose, object.as_str(), text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_do_not_show() {
        let mut secrets = Secrets::default();
        secrets.insert(SecretUse::PasswordFile, "shop/users", "alice:hash".into());
        assert!(!format!("{secrets:?}").contains("hash"));
        assert_eq!(secrets.get(SecretUse::PasswordFile, "shop/users").map(SecretText::expose), Some("alice:hash"));
    }
}
