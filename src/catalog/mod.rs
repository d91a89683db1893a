//! Every name that a controller knows: annotations, ConfigMap keys and arguments. The only list of names.

pub mod flags;
pub mod settings;
pub mod url;
pub mod version;
