//! Where a change is, in the words of those who write manifests: host, path, Ingress and Service.

use std::sync::Arc;

use hashbrown::HashSet;

use super::pair;
use super::report::{Place, Target};
use crate::conf::{Arg, Directive};

/// The place of what is in a block that both configurations have.
pub(super) fn of_both(outside: &Place, before: Directive<'_>, after: Directive<'_>) -> Place {
    about(outside, Some(before), Some(after))
}

/// The place of a block that is added, removed or moved. Of a server it says whose it is: the Ingress of its first location.
pub(super) fn of_block(outside: &Place, before: Option<Directive<'_>>, after: Option<Directive<'_>>) -> Place {
    let mut place = about(outside, before, after);
    if after.or(before).is_some_and(|block| block.name() == "server") {
        let owner = |server: Directive<'_>| {
            let found =
                server.directives().filter(|inner| inner.name() == "location").filter_map(target).find(|target| !target.ingress.is_empty());
            found.map(|target| Arc::new(Target { namespace: target.namespace, ingress: target.ingress, ..Target::default() }))
        };
        (place.before, place.after) = (before.and_then(owner), after.and_then(owner));
        if let (None, Some(server)) | (Some(server), None) = (before, after) {
            place.routes = routes(server);
        }
    }
    place
}

/// The paths of a server and where they lead, each once: the controller makes several locations of one path.
fn routes(server: Directive<'_>) -> Vec<Arc<Target>> {
    let targets = server.directives().filter(|inner| inner.name() == "location").filter_map(target);
    let mut routes: Vec<Arc<Target>> = Vec::new();
    let mut seen = HashSet::new();
    for target in targets.filter(|target| !target.path.is_empty() && !target.service.is_empty()) {
        if seen.insert((target.path.clone(), target.service.clone(), target.port.clone())) {
            routes.push(Arc::new(target));
        }
    }
    routes
}

/// The place of what is in a block of one configuration.
pub(super) fn of_inside(outside: &Place, block: Directive<'_>) -> Place {
    about(outside, None, Some(block))
}

fn about(outside: &Place, before: Option<Directive<'_>>, after: Option<Directive<'_>>) -> Place {
    let Some(block) = after.or(before) else { return outside.clone() };
    let mut place = outside.clone();
    match &*block.name() {
        "server" => place.host = pair::server_names(block).next().map(Arc::from),
        "location" => {
            place.location = Some(block.args().map(Arg::value).collect::<Vec<_>>().join(" ").into());
            place.before = before.and_then(target).map(Arc::new);
            place.after = after.and_then(target).map(Arc::new);
        }
        _ => {}
    }
    place
}

/// Where a location sends its requests; nothing where it does not say.
pub(super) fn target(location: Directive<'_>) -> Option<Target> {
    let mut target = Target::default();
    for set in location.directives().filter(|directive| directive.name() == "set") {
        let mut args = set.args().map(Arg::value);
        let (Some(variable), Some(value)) = (args.next(), args.next()) else { continue };
        let field = match &*variable {
            "$namespace" => &mut target.namespace,
            "$ingress_name" => &mut target.ingress,
            "$service_name" => &mut target.service,
            "$service_port" => &mut target.port,
            "$location_path" => &mut target.path,
            _ => continue,
        };
        *field = value.into_owned();
    }
    // Paths are printed with `$` as a variable, which nginx would else take for one.
    target.path = target.path.replace("${literal_dollar}", "$");
    (target != Target::default()).then_some(target)
}
