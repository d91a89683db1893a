//! What follows from the hosts as a whole: tables that grow with their names, and Ingresses whose hosts do not count at all.

use k8s_openapi::api::networking::v1::Ingress;

use super::Causes;
use super::ingress::name;
use super::query::Query;
use crate::diagnostic::{Cause, Reason};
use crate::ir::CATCH_ALL;
use crate::lower::{CLASS_ANNOTATION, Class, Classes};
use crate::manifest::Object;

impl Causes<'_> {
    /// The table of host names has room for the longest of them, and for all of them together.
    pub(super) fn of_host_names(&self, query: &Query) -> Option<Cause> {
        let servers = || self.servers.values().filter(|server| server.hostname != CATCH_ALL);
        let of_all = match query.name {
            "server_names_hash_bucket_size" => false,
            "server_names_hash_max_size" => true,
            // Every directive is asked about: all hosts are looked through for these two alone.
            _ => return None,
        };
        // Of equal length the first in the alphabet, as no order of a table may show.
        let longest = servers().max_by_key(|server| (server.hostname.len(), std::cmp::Reverse(server.hostname.as_str())))?;
        let message = match of_all {
            true => format!("the names of all {} hosts together", servers().count()),
            false => format!("the longest host name, `{}`", longest.hostname),
        };
        Some(Cause { reason: Reason::Object, message, subject: longest.hostname.clone(), object: None, span: longest.origin.span() })
    }

    /// Why an Ingress counts for nothing: it is of no class, or of one that is not the controller's.
    pub(super) fn of_class(&self, ingress: &Object<Ingress>) -> Option<Cause> {
        let classes = Classes::new(self.cluster, &self.controller.flags);
        let class = Classes::named(ingress).unwrap_or_default();
        let flags = &self.controller.flags;
        let is_field = ingress.value.spec.as_ref().is_some_and(|spec| spec.ingress_class_name.is_some());
        let message = match classes.of(ingress) {
            Class::Served => return None,
            Class::None => {
                let why = "the controller serves none without one, as `--watch-ingress-without-class` is not `true`";
                format!("{} names no class, and {why}", name(ingress))
            }
            of @ (Class::Foreign | Class::Unknown) => {
                let is_object = self.cluster.ingress_classes.iter().any(|object| object.reference.name == class);
                let why = match (is_object, is_field) {
                    (false, true) if of == Class::Unknown => String::from("and there is no such IngressClass in the manifests"),
                    (false, true) => String::from("which is not the controller's"),
                    (true, true) => format!("which is not the controller's: `--controller-class` is `{}`", flags.controller_class),
                    (_, false) => format!("which is not the controller's: `--ingress-class` is `{}`", flags.ingress_class),
                };
                format!("{} is of the class `{class}`, {why}", name(ingress))
            }
        };
        let place = match (class, is_field) {
            ("", _) => ingress.key_span(&["spec"]),
            (_, true) => ingress.span(&["spec", "ingressClassName"]),
            (_, false) => ingress.span(&["metadata", "annotations", CLASS_ANNOTATION]),
        };
        let subject = if class.is_empty() { String::from("ingressClassName") } else { class.to_owned() };
        Some(Cause { reason: Reason::Nothing, message, subject, object: Some(ingress.reference.clone()), span: Some(place) })
    }

    /// Why an Ingress, by its namespace and name, is not served.
    #[must_use]
    pub fn of_refused(&self, owner: (&str, &str)) -> Option<Cause> {
        let ingress = self.ingress(owner)?;
        self.of_class(ingress).or_else(|| {
            let has_routes = !self.routes(&ingress.reference.namespace, &ingress.reference.name).is_empty();
            let finding = self.refused.get(&ingress.reference).filter(|_| !has_routes)?;
            let message = format!("{}: {}", name(ingress), finding.message);
            let subject = finding.subject.clone().unwrap_or_default();
            Some(Cause { reason: Reason::Nothing, message, subject, object: Some(ingress.reference.clone()), span: finding.span })
        })
    }
}
