//! What the files with passwords and authorities hold: no configuration shows it, and manifests on both sides do.

use std::sync::Arc;

use hashbrown::HashMap;

use super::side::Side;
use crate::compile::Declared;
use crate::credentials::HIDDEN;
use crate::diff::words::{Topic, Words};
use crate::diff::{self, Change, Kind, Place, Target, Verdict};
use crate::ir::{PasswordAuth, Route, SecretUse, Secrets, Server};
use crate::lower;

/// The changes of what is in such files, where the configuration names the same file on both sides.
pub(super) fn changes(before: &Side, after: &Side) -> Vec<(Vec<Change>, Option<Words>)> {
    let (Side::Declared(before), Side::Declared(after)) = (before, after) else { return Vec::new() };
    let secrets = |side: &Declared| lower::secrets(&side.input.cluster, &side.proxy);
    let (old, new) = (secrets(before), secrets(after));
    let is_known = |name: &str| !before.supposed.holds_secret(name) && !after.supposed.holds_secret(name);
    let servers: HashMap<&str, &Server> = before.proxy.servers.iter().map(|server| (server.hostname.as_str(), server)).collect();
    let mut found = Vec::new();
    for server in &after.proxy.servers {
        let Some(twin) = servers.get(server.hostname.as_str()) else { continue };
        let trust = server.client_auth.as_ref().map(|auth| &auth.trust).filter(|trust| is_known(&trust.secret));
        found.extend(trust.and_then(|_| authorities(twin, server, &old, &new)));
        let routes: HashMap<_, _> = twin.routes.iter().map(|route| ((route.path.as_str(), route.path_match), route)).collect();
        for route in &server.routes {
            let was = routes.get(&(route.path.as_str(), route.path_match));
            let password = route.steps.admission.password.as_ref().filter(|password| is_known(&password.secret));
            found.extend(was.zip(password).and_then(|(was, _)| passwords(&server.hostname, was, route, &old, &new)));
        }
    }
    found
}

fn passwords(host: &str, was: &Route, is: &Route, old: &Secrets, new: &Secrets) -> Option<(Vec<Change>, Option<Words>)> {
    let (before, after) = (was.steps.admission.password.as_ref()?, is.steps.admission.password.as_ref()?);
    let text = |secrets: &Secrets, auth: &PasswordAuth| {
        let purpose = if auth.keys_are_users { SecretUse::PasswordMap } else { SecretUse::PasswordFile };
        secrets.get(purpose, &auth.secret).map(|text| text.expose().to_owned())
    };
    let is_other = before.file == after.file && text(old, before)? != text(new, after)?;
    is_other.then(|| one("auth_basic_user_file", &place(host, Some(is)), format!("passwords are others: Secret `{}`", after.secret)))
}

fn authorities(was: &Server, is: &Server, old: &Secrets, new: &Secrets) -> Option<(Vec<Change>, Option<Words>)> {
    let (before, after) = (&was.client_auth.as_ref()?.trust, &is.client_auth.as_ref()?.trust);
    let text = |secrets: &Secrets, object: &str| secrets.get(SecretUse::Authorities, object).map(|text| text.expose().to_owned());
    let is_other = before.authorities == after.authorities && text(old, &before.secret)? != text(new, &after.secret)?;
    let told = || format!("authorities for client certificates are others: Secret `{}`", after.secret);
    is_other.then(|| one("ssl_client_certificate", &place(&is.hostname, None), told()))
}

fn place(host: &str, route: Option<&Route>) -> Place {
    let target = route.and_then(|route| {
        let owner = route.owner.as_ref()?;
        let (namespace, ingress, service, port) = (owner.namespace.clone(), owner.name.clone(), owner.service.clone(), owner.port.clone());
        Some(Arc::new(Target { namespace, ingress, service, port, path: route.declared_path.clone() }))
    });
    let location = route.map(|route| Arc::from(route.path.as_str()));
    Place { host: Some(Arc::from(host)), location, before: target.clone(), after: target, ..Place::default() }
}

fn one(name: &str, place: &Place, message: String) -> (Vec<Change>, Option<Words>) {
    let side = |more: &str| Some(diff::Side { text: format!("{name} {HIDDEN}{more};"), span: None, inside: None });
    let server = place.host.iter().map(|host| format!("server {host}").into());
    let location = place.location.iter().map(|path| format!("location {path}").into());
    let change = Change {
        path: std::iter::once(Arc::from("http")).chain(server).chain(location).collect(),
        place: place.clone(),
        name: Arc::from(name),
        kind: Kind::Changed,
        before: side(""),
        after: side(" (another)"),
    };
    (vec![change], Some(Words { topic: Topic::Protection, fate: Some(Verdict::Changed), message }))
}
