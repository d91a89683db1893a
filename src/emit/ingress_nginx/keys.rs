//! Keys of the ConfigMap as templates read them, by their names: what is printed as it is written needs no field of a view.

use std::sync::{Arc, Mutex, PoisonError};

use minijinja::value::{Object, Value};

use super::super::view::{Raw, Shown};
use crate::catalog::settings::{self, Plain};
use crate::ir::Settings;
use crate::nginx::shape;

/// The settings by the names of their keys: numbers, switches, words, and lists of them.
#[derive(Debug)]
pub(super) struct Keys(Mutex<Read>);

#[derive(Debug)]
struct Read {
    settings: Settings,
    /// The keys that were asked for and whose value breaks out of its directive.
    broken: Vec<&'static str>,
}

impl Keys {
    /// Those of the whole proxy.
    pub(super) fn new(settings: &Settings) -> Arc<Self> {
        Arc::new(Self(Mutex::new(Read { settings: settings.clone(), broken: Vec::new() })))
    }

    /// The keys that a template asked for since the last call and whose value breaks out of its directive, in the order of asking.
    pub(super) fn take_broken(&self) -> Vec<&'static str> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner).broken)
    }
}

impl Object for Keys {
    fn get_value(self: &Arc<Self>, name: &Value) -> Option<Value> {
        let setting = settings::find(name.as_str()?)?;
        let mut read = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Read { settings, broken } = &mut *read;
        let mut words = |text: &str| {
            if !shape::is_words(text, false) && !broken.contains(&setting.name) {
                broken.push(setting.name);
            }
            Raw::new(text)
        };
        Some(match setting.plain(settings)? {
            Plain::Switch(on) => Value::from(on),
            Plain::Number(number) => Value::from(number),
            Plain::Words(text) => words(text).shown(),
            Plain::List(items) => items.iter().map(|item| words(item).shown()).collect(),
            Plain::Numbers(numbers) => numbers.iter().copied().collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_by_the_names_of_their_keys() {
        let mut settings = Settings::default();
        settings.compression.gzip_types = String::from("text/plain; }");
        settings.headers.hide = vec![String::from("X-One"), String::from("X-Two")];
        let keys = Keys::new(&settings);
        let value = |name: &str| keys.get_value(&Value::from(name));
        assert_eq!(value("keep-alive"), Some(Value::from(75)));
        assert_eq!(value("server-tokens"), Some(Value::from(false)));
        assert_eq!(value("hide-headers").and_then(|list| list.len()), Some(2));
        assert!(value("keepalive").is_none() && value("worker-shutdown-timeout").is_some() && keys.take_broken().is_empty());
        let _ = (value("gzip-types"), value("gzip-types"));
        assert_eq!((keys.take_broken(), keys.take_broken()), (vec!["gzip-types"], vec![]));
    }
}
