//! The data of an inventory.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What there is. All lists are sorted; names of objects are `namespace/name`, places are `file:line`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Inventory {
    /// The label whose value is the owner; empty: nobody is.
    pub owner_label: String,
    /// The controllers that are known of; the first is the one that counts.
    pub controllers: Vec<Controller>,
    /// Classes that Ingresses name; the one without a name is that of Ingresses that name none.
    pub classes: Vec<Class>,
    /// All of it together.
    pub total: Group,
    /// The same by namespace.
    pub namespaces: Vec<Group>,
    /// The same by owner, those of nobody under an empty name; nothing where no label was chosen.
    pub owners: Vec<Group>,
    /// Certificates.
    pub certificates: Vec<Certificate>,
    /// Annotations of the controller.
    pub annotations: Vec<Annotation>,
    /// Annotations of others, by the part before the slash, and how often there are.
    pub others: BTreeMap<String, usize>,
    /// Defaults that routes rely on and nobody wrote.
    pub defaults: Vec<Reliance>,
    /// What snippets consist of.
    pub directives: Vec<Directive>,
    /// Services that several Ingresses name.
    pub shared_services: Vec<Service>,
    /// Findings by rule.
    pub rules: Vec<Rule>,
    /// Products that could take over, and what stands in the way.
    pub targets: Vec<Target>,
    /// Objects of kinds that nobody looks at, as those of the Gateway API.
    pub not_looked_at: BTreeMap<String, usize>,
    /// The Ingresses.
    pub ingresses: Vec<Ingress>,
}

/// A controller.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Controller {
    /// The object; empty: no manifest has it.
    pub object: String,
    /// Its image; empty: not known.
    pub image: String,
    /// The release that it counts as; empty: it is not the one that is compiled for.
    pub release: String,
    /// The nginx inside; empty as above.
    pub nginx: String,
}

/// A class.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Class {
    /// The name; empty: none.
    pub name: String,
    /// What its IngressClass says of who serves it; empty: there is none.
    pub controller: String,
    /// Whether the controller serves it.
    pub served: Served,
    /// How many Ingresses there are of it.
    pub ingresses: usize,
}

/// Whether the controller serves an Ingress.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Served {
    /// It does.
    #[default]
    Yes,
    /// It is not known: the Ingress is looked at as if it did.
    Supposed,
    /// It refuses it for what it says.
    Refused,
    /// It does not: the Ingress is for others.
    No,
}

/// What is counted of a cluster, a namespace or an owner.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Group {
    /// The name; empty for all of it.
    pub name: String,
    /// Ingresses.
    pub ingresses: usize,
    /// Hosts, each once.
    pub hosts: usize,
    /// Hosts for which TLS was asked.
    pub tls_hosts: usize,
    /// Routes.
    pub routes: usize,
    /// Those that somebody must prove something for.
    pub protected: usize,
    /// Those that answer 503 or only redirect.
    pub answered: usize,
    /// Annotations of the controller.
    pub annotations: usize,
    /// Ingresses with snippets.
    pub with_snippets: usize,
    /// Findings that are errors.
    pub errors: usize,
    /// Findings that are warnings.
    pub warnings: usize,
    /// By product: what could be said of the Ingresses.
    pub targets: BTreeMap<String, Tally>,
}

/// How many Ingresses there are of each outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct Tally {
    /// As it is.
    pub as_is: usize,
    /// Otherwise.
    pub otherwise: usize,
    /// It depends on the implementation.
    pub depends: usize,
    /// Not.
    pub not: usize,
    /// Not looked at.
    pub unknown: usize,
}

/// Whether a product can say what an Ingress asks for, the best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// All of it, as it is.
    #[default]
    AsIs,
    /// All of it, some in another way.
    Otherwise,
    /// It depends on the implementation.
    Depends,
    /// Not all of it.
    Not,
}

/// A certificate.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Certificate {
    /// The Secret; empty: the controller's own.
    pub secret: String,
    /// Hosts that name it.
    pub hosts: Vec<String>,
    /// Ingresses that name it.
    pub ingresses: Vec<String>,
    /// The day on which it ends, as 2026-12-31; none where the input does not hold it, or it cannot be read.
    pub until: Option<String>,
    /// Whether the input holds the Secret.
    pub present: bool,
}

/// An annotation of the controller.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Annotation {
    /// The name without its prefix.
    pub name: String,
    /// The feature that it belongs to; empty: the controller does not know it.
    pub feature: String,
    /// Who else can say the same in the Gateway API: `standard`, `experimental`, `implementation` or `nothing`; empty: not judged.
    pub gateway_api: String,
    /// Its values, without what is secret, and how often each stands; nothing for raw configuration.
    pub values: Vec<Use>,
    /// Where it stands.
    pub places: Vec<String>,
}

/// A text and how often it stands.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Use {
    /// The text.
    pub value: String,
    /// How often.
    pub count: usize,
}

/// A default that routes rely on.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Reliance {
    /// The key of the ConfigMap, or the annotation, that would say otherwise.
    pub name: String,
    /// What it is.
    pub value: String,
    /// What it does.
    pub meaning: String,
    /// Routes that rely on it.
    pub routes: usize,
    /// Their Ingresses.
    pub ingresses: usize,
}

/// A directive of snippets.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Directive {
    /// The directive of nginx.
    pub name: String,
    /// What it does; empty: not known here.
    pub meaning: String,
    /// The annotations that say the same, or a part of it.
    pub annotations: Vec<String>,
    /// What the annotations leave out; empty: nothing.
    pub but: String,
    /// How often it stands.
    pub count: usize,
    /// The snippets that it stands in: annotations and keys of the ConfigMap.
    pub within: Vec<String>,
    /// Where these snippets are.
    pub places: Vec<String>,
}

/// A Service that several Ingresses name.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Service {
    /// The Service.
    pub service: String,
    /// The Ingresses.
    pub ingresses: Vec<String>,
}

/// The findings of a rule.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Rule {
    /// The rule.
    pub rule: String,
    /// The worst of them.
    pub severity: String,
    /// How many.
    pub count: usize,
    /// How many Ingresses they are about.
    pub ingresses: usize,
}

/// A product that could take over.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Target {
    /// Its name.
    pub name: String,
    /// What the judgement rests on.
    pub basis: String,
    /// What holds for all Ingresses.
    pub for_all: Vec<Reason>,
    /// What stands in the way of some of them.
    pub reasons: Vec<Reason>,
}

/// Why something is not as it is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Reason {
    /// What it comes to.
    pub outcome: Outcome,
    /// The annotation, key or part of the Ingress.
    pub subject: String,
    /// Why.
    pub message: String,
    /// Requests get 503, because something was protected.
    pub closes: bool,
    /// How many Ingresses have it.
    pub ingresses: usize,
}

/// An Ingress.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Ingress {
    /// `namespace/name`.
    pub name: String,
    /// Its namespace.
    pub namespace: String,
    /// Its owner; empty: nobody.
    pub owner: String,
    /// The class that it names; empty: none.
    pub class: String,
    /// Whether the controller serves it.
    pub served: Served,
    /// Where it stands.
    pub place: String,
    /// The hosts that it names.
    pub hosts: Vec<String>,
    /// Those of them for which it asks for TLS.
    pub tls_hosts: Vec<String>,
    /// What is served for it.
    pub routes: Vec<Route>,
    /// Its annotations of the controller, by name without prefix.
    pub annotations: Vec<String>,
    /// Findings that are errors.
    pub errors: usize,
    /// Findings that are warnings.
    pub warnings: usize,
    /// Rules that have findings about it.
    pub rules: Vec<String>,
    /// By product.
    pub targets: BTreeMap<String, Verdict>,
    /// It names Services that the input does not hold: what a product makes of them is not known.
    pub lacks_services: bool,
}

/// A route.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Route {
    /// The host; `_` for all others.
    pub host: String,
    /// The path.
    pub path: String,
    /// `exact`, `prefix` or `regex`.
    pub r#match: String,
    /// The Service and its port; empty: nobody.
    pub service: String,
    /// What is asked of clients: `password`, `service`, `addresses`, `client-certificate`.
    pub protections: Vec<String>,
    /// What the controller answers itself: `503` or `redirect`; empty: requests are passed on.
    pub answers: String,
}

/// What a product can say of an Ingress.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Verdict {
    /// The worst of its reasons.
    pub outcome: Outcome,
    /// Places in the list of reasons of the product.
    pub reasons: Vec<usize>,
}

impl Ingress {
    /// Its routes: on how many somebody must prove something, how many are open, and how many are answered by the controller itself.
    #[must_use]
    pub fn counted_routes(&self) -> [usize; 3] {
        let answered = self.routes.iter().filter(|route| !route.answers.is_empty()).count();
        let protected = self.routes.iter().filter(|route| route.answers.is_empty() && route.is_protected()).count();
        [protected, self.routes.len() - protected - answered, answered]
    }
}

impl Route {
    /// Whether somebody must prove something.
    #[must_use]
    pub fn is_protected(&self) -> bool {
        !self.protections.is_empty()
    }
}

impl Outcome {
    /// All of them, the best first.
    pub const ALL: [Self; 4] = [Self::AsIs, Self::Otherwise, Self::Depends, Self::Not];

    /// The word for it in machine formats.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::AsIs => "as-is",
            Self::Otherwise => "otherwise",
            Self::Depends => "depends",
            Self::Not => "not",
        }
    }
}

impl Served {
    /// The word for it in machine formats.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::Supposed => "supposed",
            Self::Refused => "refused",
            Self::No => "no",
        }
    }
}

impl Tally {
    /// Counts one more.
    pub(super) fn add(&mut self, outcome: Option<Outcome>) {
        let count = match outcome {
            Some(Outcome::AsIs) => &mut self.as_is,
            Some(Outcome::Otherwise) => &mut self.otherwise,
            Some(Outcome::Depends) => &mut self.depends,
            Some(Outcome::Not) => &mut self.not,
            None => &mut self.unknown,
        };
        *count += 1;
    }

    /// How many there are of an outcome.
    #[must_use]
    pub fn of(&self, outcome: Outcome) -> usize {
        match outcome {
            Outcome::AsIs => self.as_is,
            Outcome::Otherwise => self.otherwise,
            Outcome::Depends => self.depends,
            Outcome::Not => self.not,
        }
    }
}
