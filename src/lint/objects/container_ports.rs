//! The ports that the containers behind Services declare.

use std::collections::BTreeMap;
use std::collections::HashMap;
use std::rc::Rc;

use k8s_openapi::api::core::v1::Service;

use super::look::Look;
use super::names::Names;
use crate::manifest::{Object, selection};

/// Those of the Services that were asked for before, by what they select.
#[derive(Default)]
pub(super) struct ContainerPorts<'a>(HashMap<(&'a str, &'a BTreeMap<String, String>), Rc<Declared<'a>>>);

/// The ports that the containers behind a Service declare.
#[derive(Default)]
pub(super) struct Declared<'a> {
    /// Whether there is any container.
    pub(super) has_containers: bool,
    /// Their names, each once.
    pub(super) names: Names<'a>,
    /// Their numbers, each once.
    pub(super) numbers: Names<'a>,
    /// The number that a port has which is called by name or number.
    numbers_by_word: HashMap<String, i64>,
}

impl<'a> ContainerPorts<'a> {
    /// Those behind a Service.
    pub(super) fn of(&mut self, look: &Look<'a>, service: &'a Object<Service>) -> Rc<Declared<'a>> {
        let Some(selection) = selection(service) else { return Rc::default() };
        Rc::clone(self.0.entry(selection).or_insert_with(|| Rc::new(Declared::of(look, service))))
    }
}

impl<'a> Declared<'a> {
    fn of(look: &Look<'a>, service: &'a Object<Service>) -> Self {
        let (mut has_containers, mut names, mut numbers, mut numbers_by_word) = (false, Vec::new(), Vec::new(), HashMap::new());
        let containers = look.links.selected(service).flat_map(|workload| workload.value.pods.containers());
        for container in containers {
            has_containers = true;
            for port in container.ports() {
                let (name, number) = (port.name.as_deref(), port.container_port.to_string());
                if let Some(name) = name.filter(|name| !numbers_by_word.contains_key(*name)) {
                    numbers_by_word.insert(name.to_owned(), port.container_port);
                    names.push(name);
                }
                if !numbers_by_word.contains_key(&number) {
                    numbers_by_word.insert(number.clone(), port.container_port);
                    numbers.push(number);
                }
            }
        }
        Self { has_containers, names: Names::of(names), numbers: Names::of(numbers), numbers_by_word }
    }

    /// The number of a port that is called by name or number.
    pub(super) fn number(&self, wanted: &str) -> Option<i64> {
        self.numbers_by_word.get(wanted).copied()
    }

    /// Whether no port is declared.
    pub(super) fn is_silent(&self) -> bool {
        self.numbers_by_word.is_empty()
    }
}
