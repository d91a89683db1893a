//! Every name that a controller knows: annotations, ConfigMap keys and arguments. The only list of names.

pub mod adopted;
pub mod advisories;
pub mod analogies;
pub mod directives;
pub mod families;
pub mod features;
pub mod flags;
pub mod gateway;
pub mod inside;
pub mod key;
pub mod release;
pub mod releases;
pub mod removed;
pub mod settings;
pub mod spelling;
pub mod value;
pub mod version;
