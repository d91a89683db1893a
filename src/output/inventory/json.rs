//! An inventory as JSON: schema 1. Fields are added without a new number; what is there keeps its meaning.

use ring::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};

use super::Shown;
use crate::inventory::{Comparison, Inventory};
use crate::output::json::print;

const SCHEMA: u32 = 1;

#[derive(Serialize)]
struct Document<'a> {
    schema: u32,
    hash: String,
    inventory: &'a Inventory,
    #[serde(skip_serializing_if = "Option::is_none")]
    comparison: Option<&'a Comparison>,
}

/// What is read of a document that was written before.
#[derive(Deserialize)]
struct Written {
    schema: u32,
    inventory: Inventory,
}

/// The inventory as one JSON document. The hash is that of the inventory alone, and two of them are the same where the hash is.
///
/// # Errors
/// Never: the data is plain.
pub fn json(shown: &Shown<'_>) -> serde_json::Result<String> {
    print(&Document { schema: SCHEMA, hash: hash(shown.inventory)?, inventory: shown.inventory, comparison: shown.comparison })
}

/// The hash of the content of an inventory.
pub(super) fn hash(inventory: &Inventory) -> serde_json::Result<String> {
    let content = serde_json::to_vec(inventory)?;
    let hex: String = digest(&SHA256, &content).as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(format!("sha256:{hex}"))
}

/// Reads an inventory that was written; none where the text is something else.
#[must_use]
pub fn read(content: &str) -> Option<Result<Inventory, String>> {
    let value: serde_json::Value = serde_json::from_str(content).ok()?;
    if !value.get("inventory").is_some_and(serde_json::Value::is_object) {
        return None;
    }
    Some(match serde_json::from_value::<Written>(value) {
        Ok(Written { schema: SCHEMA, inventory }) => Ok(inventory),
        Ok(Written { schema, .. }) => Err(format!("its schema is {schema}, and {SCHEMA} is known")),
        Err(error) => Err(error.to_string()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() -> serde_json::Result<()> {
        let mut inventory = Inventory { owner_label: String::from("team"), ..Inventory::default() };
        inventory.total.ingresses = 3;
        let text = json(&Shown { inventory: &inventory, comparison: None })?;
        assert_eq!(read(&text), Some(Ok(inventory)));
        assert_eq!(read("{\"kind\": \"Ingress\"}"), None);
        assert_eq!(read("kind: Ingress"), None);
        let newer = text.replacen("\"schema\": 1", "\"schema\": 2", 1);
        assert!(read(&newer).is_some_and(|read| read.is_err()));
        Ok(())
    }
}
