//! Whose a block is: the host of a server, and the Ingress of a location.

use crate::conf::Directive;

/// The first name of a server.
pub(in crate::nginx) fn server_name(directives: &[Directive]) -> Option<String> {
    let named = directives.iter().find(|directive| directive.name() == "server_name")?;
    named.args().next().map(|arg| arg.value().into_owned())
}

/// The Ingress that a location belongs to, which the controller writes into it.
pub(in crate::nginx) fn owner(directives: &[Directive]) -> Option<(String, String)> {
    let value = |variable: &str| {
        directives.iter().filter(|directive| directive.name() == "set").find_map(|set| {
            let mut args = set.args();
            (args.next()?.value() == variable).then(|| args.next().map(|arg| arg.value().into_owned()))?
        })
    };
    let (namespace, name) = (value("$namespace")?, value("$ingress_name")?);
    (!name.is_empty()).then_some((namespace, name))
}
