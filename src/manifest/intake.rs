//! Trees to the objects that matter: which kinds there are, and what the API server fills in.

use std::borrow::Cow;

use k8s_openapi::api::core::v1::{ConfigMap, Endpoints, Namespace, Secret, Service};
use k8s_openapi::api::discovery::v1::EndpointSlice;
use k8s_openapi::api::networking::v1::{Ingress, IngressClass};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use k8s_openapi::{Metadata, NamespaceResourceScope, Resource};
use serde::Deserialize;

use super::tree::{Entry, Node, Places, Value};
use super::typed::{self, Unknown, UnknownField};
use super::{Cluster, Object, access, controllers, endpoints, issuance, legacy, makers, refused, scaling, workload};
use crate::diagnostic::{Diagnostic, Effect, ObjectRef};
use crate::source::Span;

/// The namespace of objects that name none.
const DEFAULT_NAMESPACE: &str = "default";

/// What was read of some documents.
#[derive(Debug, Default)]
pub(super) struct Intake {
    /// The objects, in the order of the documents.
    pub(super) cluster: Cluster,
    /// What was found on the way.
    pub(super) findings: Vec<Diagnostic>,
    /// Documents and parts of them that may hold secrets.
    pub(super) hidden: Vec<Span>,
    /// The first document that is no Kubernetes object.
    pub(super) stranger: Option<Stranger>,
    /// The first braces of a template.
    pub(super) template: Option<Span>,
    /// Where the version of the object that is read stands.
    pub(super) version: Option<Span>,
}

/// A document that is no Kubernetes object.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stranger {
    /// Where it is.
    pub(super) span: Span,
    /// It has what only objects have, so that it is probably meant to be one.
    pub(super) is_like_an_object: bool,
}

impl Intake {
    pub(super) fn legacy_ingress(&mut self, kind: &str, version: &str, mut tree: Node) {
        self.removed_version(kind, version, &tree);
        legacy::convert(&mut tree);
        self.ingress(kind, version, tree);
    }

    pub(super) fn ingress_class(&mut self, _: &str, _: &str, tree: Node) {
        self.cluster.ingress_classes.extend(read::<IngressClass>(&tree, &mut self.findings));
    }

    pub(super) fn endpoint_slice(&mut self, _: &str, _: &str, tree: Node) {
        self.cluster.endpoint_slices.extend(read_namespaced::<EndpointSlice>(&tree, &mut self.findings));
    }

    pub(super) fn config_map(&mut self, _: &str, _: &str, tree: Node) {
        self.cluster.config_maps.extend(read_namespaced::<ConfigMap>(&tree, &mut self.findings));
    }

    pub(super) fn namespace(&mut self, _: &str, _: &str, tree: Node) {
        self.cluster.namespaces.extend(read::<Namespace>(&tree, &mut self.findings));
    }

    /// Reads what only rules look at: what is wrong with it is for others to tell.
    pub(super) fn for_rules<T: for<'a> Deserialize<'a>>(&mut self, kind: &str, tree: &Node, list: fn(&mut Cluster) -> &mut Vec<Object<T>>) {
        let Ok(value) = typed::read(tree, &Unknown::default()) else { return };
        list(&mut self.cluster).push(beside(value, kind, tree));
    }

    pub(super) fn issuance(&mut self, kind: &str, _: &str, tree: Node) {
        self.cluster.issuances.extend(issuance::read(&tree).map(|value| beside(value, kind, &tree)));
    }

    pub(super) fn scaling(&mut self, kind: &str, _: &str, tree: Node) {
        self.cluster.scalings.extend(scaling::read(&tree).map(|value| beside(value, kind, &tree)));
    }

    pub(super) fn access(&mut self, kind: &str, _: &str, tree: Node) {
        self.cluster.accesses.extend(access::read(&tree).map(|value| beside(value, kind, &tree)));
    }

    fn removed_version(&mut self, kind: &str, version: &str, tree: &Node) {
        let message =
            format!("`{version}` of {kind} is gone since Kubernetes 1.22, whose API server refuses it: read as `networking.k8s.io/v1`");
        let finding = Diagnostic::error("removed-api", message).at(self.version.unwrap_or(tree.span)).subject(version);
        let finding = finding.object(reference(kind, tree, DEFAULT_NAMESPACE));
        self.findings.push(finding.help("write `apiVersion: networking.k8s.io/v1`, its form of `backend`, and a `pathType` for each path"));
    }

    pub(super) fn ingress(&mut self, _: &str, _: &str, tree: Node) {
        self.cluster.ingresses.extend(read_namespaced::<Ingress>(&tree, &mut self.findings));
    }

    pub(super) fn service(&mut self, _: &str, _: &str, tree: Node) {
        let Some(mut service) = read_namespaced::<Service>(&tree, &mut self.findings) else { return };
        if let Some(spec) = &mut service.value.spec {
            spec.type_.get_or_insert_with(|| String::from("ClusterIP"));
            for port in spec.ports.iter_mut().flatten() {
                port.protocol.get_or_insert_with(|| String::from("TCP"));
                if port.target_port.as_ref().is_none_or(is_nowhere) {
                    port.target_port = Some(IntOrString::Int(port.port));
                }
            }
        }
        self.cluster.services.push(service);
    }

    pub(super) fn endpoints(&mut self, _: &str, _: &str, tree: Node) {
        let Some(object) = read_namespaced::<Endpoints>(&tree, &mut self.findings) else { return };
        let Object { value, reference, places, refusals, .. } = object;
        let slices = endpoints::slices(value).map(|value| {
            let name = value.metadata.name.clone().unwrap_or_default();
            let reference = ObjectRef { name, ..reference.clone() };
            Object { refusals: refusals.clone(), ..Object::new(value, reference, places.clone()) }
        });
        self.cluster.endpoint_slices.extend(slices);
    }

    pub(super) fn secret(&mut self, _: &str, _: &str, tree: Node) {
        self.hidden.push(tree.span);
        if tree.get("sops").is_some() {
            return self.sealed(&tree);
        }
        let tree = &unwrapped(&tree, "data");
        let Some(mut secret) = read_namespaced::<Secret>(tree, &mut self.findings) else { return };
        let plain = secret.value.string_data.take().unwrap_or_default();
        let data = secret.value.data.get_or_insert_default();
        data.extend(plain.into_iter().map(|(key, value)| (key, k8s_openapi::ByteString(value.into_bytes()))));
        self.cluster.secrets.push(secret);
    }

    /// A Secret that SOPS has encrypted. Its names are as they were, its values are not.
    fn sealed(&mut self, tree: &Node) {
        let secret = reference("Secret", tree, DEFAULT_NAMESPACE);
        let message = format!("the Secret `{}/{}` is encrypted by SOPS: what it holds is not looked at", secret.namespace, secret.name);
        let finding = Diagnostic::info("encrypted-secret", message)
            .at(tree.at(&["metadata", "name"]).map_or(tree.span, |name| name.span))
            .object(secret.clone());
        self.findings.push(finding.help("decrypt it first to have it judged: `sops decrypt FILE | ingressc check -`"));
        self.cluster.sealed.insert(secret);
    }

    pub(super) fn workload(&mut self, kind: &str, _: &str, tree: Node) {
        if let Some(value) = controllers::find(&tree).filter(|_| matches!(kind, "Deployment" | "DaemonSet")) {
            self.cluster.controllers.push(beside(value, kind, &tree));
        }
        self.cluster.workloads.extend(workload::read(kind, &tree).map(|value| beside(value, kind, &tree)));
    }
}

impl Intake {
    /// Takes an object of any kind that has a selector and a template of pods with labels; whether it is one.
    pub(super) fn makes_pods(&mut self, kind: &str, tree: &Node) -> bool {
        let has = |steps: &[&str]| tree.at(steps).is_some();
        let is_alike = has(&["spec", "selector"])
            && has(&["spec", "template", "metadata", "labels"])
            && has(&["spec", "template", "spec", "containers"]);
        let read = Some(tree).filter(|_| is_alike).and_then(|tree| workload::read(kind, tree));
        let is_read = read.is_some();
        self.cluster.workloads.extend(read.map(|value| beside(value, kind, tree)));
        is_read
    }

    /// Keeps which Secret an object of an operator makes.
    pub(super) fn makes_secret(&mut self, kind: &str, version: &str, tree: &Node) {
        let Some(name) = makers::made(kind, version, tree) else { return };
        let name = name.to_owned();
        self.cluster.made.insert(ObjectRef { name, ..reference("Secret", tree, DEFAULT_NAMESPACE) });
    }
}

/// An object of which not everything is read.
fn beside<T>(value: T, kind: &str, tree: &Node) -> Object<T> {
    let namespace = if kind.starts_with("Cluster") { "" } else { DEFAULT_NAMESPACE };
    Object::new(value, reference(kind, tree, namespace), Places::of(tree))
}

/// Whether a target port says nothing, as the API server sees it.
fn is_nowhere(port: &IntOrString) -> bool {
    match port {
        IntOrString::Int(number) => *number == 0,
        IntOrString::String(name) => name.is_empty(),
    }
}

/// The tree with the base64 below a key on one line each: the API server's decoder passes over line breaks.
fn unwrapped<'t, 'a>(tree: &'t Node<'a>, key: &str) -> Cow<'t, Node<'a>> {
    let is_wrapped = |entry: &Entry| entry.value.text().is_some_and(|text| text.contains(['\r', '\n']));
    if !tree.get(key).is_some_and(|data| data.entries().iter().any(is_wrapped)) {
        return Cow::Borrowed(tree);
    }
    let mut tree = tree.clone();
    if let Some(Value::Mapping(entries)) = tree.get_mut(key).map(|data| &mut data.value) {
        for entry in entries {
            if let Value::String(text) = &mut entry.value.value {
                text.to_mut().retain(|c| !matches!(c, '\r' | '\n'));
            }
        }
    }
    Cow::Owned(tree)
}

fn read_namespaced<T>(tree: &Node, findings: &mut Vec<Diagnostic>) -> Option<Object<T>>
where
    T: Resource<Scope = NamespaceResourceScope> + Metadata<Ty = ObjectMeta> + for<'a> Deserialize<'a>,
{
    let mut object = read_in::<T>(tree, DEFAULT_NAMESPACE, findings)?;
    object.value.metadata_mut().namespace = Some(object.reference.namespace.clone());
    Some(object)
}

fn read<T>(tree: &Node, findings: &mut Vec<Diagnostic>) -> Option<Object<T>>
where
    T: Resource + Metadata<Ty = ObjectMeta> + for<'a> Deserialize<'a>,
{
    read_in::<T>(tree, "", findings)
}

fn read_in<T>(tree: &Node, default_namespace: &str, findings: &mut Vec<Diagnostic>) -> Option<Object<T>>
where
    T: Resource + Metadata<Ty = ObjectMeta> + for<'a> Deserialize<'a>,
{
    let kind = T::KIND;
    let reference = reference(kind, tree, default_namespace);
    let unknown = Unknown::default();
    let value: T = match typed::read(tree, &unknown) {
        Ok(value) => value,
        Err(error) => {
            let message = format!("this {kind} cannot be read: {}", error.message);
            let finding = Diagnostic::error("wrong-type", message).at(error.span.unwrap_or(tree.span)).object(reference);
            let finding = finding.effect(Effect::NotRead);
            findings.push(if error.needs_quotes { finding.help("write the value in quotes") } else { finding });
            return None;
        }
    };
    if reference.name.is_empty() {
        findings.push(Diagnostic::error("missing-name", format!("this {kind} has no name")).at(tree.span).effect(Effect::NotRead));
        return None;
    }
    let refusals = refused::refusals(kind, tree);
    let is_told = |field: &UnknownField| refusals.iter().any(|refusal| refusal.tells(&field.name, field.span));
    let unknown = unknown.into_inner().into_iter().filter(|field| !is_told(field));
    let unknown: Vec<Diagnostic> = unknown.map(|field| unknown_field(field).object(reference.clone())).collect();
    let refused: Vec<Diagnostic> = refusals.iter().filter_map(|refusal| refusal.finding(&reference)).collect();
    findings.extend(merge(unknown, refused));
    findings.extend(refusals.iter().filter_map(refused::Refusal::remark));
    Some(Object { refusals, ..Object::new(value, reference, Places::of(tree)) })
}

/// A name that is misspelt is told once: where something is refused for the lack of what was meant, that is said of the name.
fn merge(unknown: Vec<Diagnostic>, mut refused: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for field in unknown {
        let holds = |finding: &&mut Diagnostic| match (finding.span, field.span) {
            (Some(outer), Some(inner)) => outer != inner && outer.start <= inner.start && inner.end <= outer.end,
            _ => false,
        };
        match refused.iter_mut().filter(holds).min_by_key(|finding| finding.span.map(|span| span.end - span.start)) {
            Some(finding) if field.help.is_some() => {
                let Diagnostic { span, subject, help, .. } = field;
                *finding = Diagnostic { span, subject, help, ..finding.clone().note("there is no field of this name") };
            }
            _ => findings.push(field),
        }
    }
    findings.into_iter().chain(refused).collect()
}

fn reference(kind: &str, tree: &Node, default_namespace: &str) -> ObjectRef {
    let text = |key: &str| tree.at(&["metadata", key]).and_then(Node::text).filter(|text| !text.is_empty()).map(str::to_owned);
    let namespace =
        if default_namespace.is_empty() { String::new() } else { text("namespace").unwrap_or_else(|| default_namespace.to_owned()) };
    ObjectRef { kind: kind.to_owned(), namespace, name: text("name").unwrap_or_default() }
}

/// Fields of the `spec` of an Ingress or a Service, which are often written beside it.
const OF_SPEC: [&str; 7] = ["defaultBackend", "ingressClassName", "ports", "rules", "selector", "tls", "type"];

fn unknown_field(field: UnknownField) -> Diagnostic {
    let UnknownField { name, span, known } = field;
    let finding = Diagnostic::warning("unknown-field", format!("there is no field `{name}` here"))
        .at(span)
        .subject(name.as_str())
        .note("`kubectl apply` refuses the object for it; applied without validation, the object loses it");
    if OF_SPEC.contains(&name.as_str()) && known.contains(&"spec") {
        return finding.help(format!("move `{name}` into `spec`"));
    }
    let nearest = known.iter().map(|known| (strsim::osa_distance(known, &name), known)).min();
    match nearest {
        Some((distance, known)) if distance <= 2 && distance < name.len() => finding.help(format!("did you mean `{known}`?")),
        _ => finding,
    }
}
