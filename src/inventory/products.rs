//! Asks the targets, and the catalog for the Gateway API, about all Ingresses.

use super::model::{Ingress, Inventory, Outcome, Reason, Served};
use super::own::{is_asked_about, is_of, own};
use super::placing::Placing;
use super::targets::Judging;
use crate::catalog::features;
use crate::check;
use crate::emit::{Haproxy, Nginx, Options, Target};
use crate::lower::{self, Classes, Controller};
use crate::manifest::Cluster;

/// The products that could take over and that are compiled to.
const TARGETS: [&dyn Target; 2] = [&Nginx, &Haproxy];

/// Asks the targets, and the catalog for the Gateway API.
pub(super) fn judge(
    options: &Options,
    cluster: Cluster,
    controller: &Controller,
    placing: &Placing,
    inventory: &mut Inventory,
    ingresses: &mut [Ingress],
) {
    let mut judgings: Vec<Judging> = TARGETS.iter().map(|target| Judging::of_target(*target, ingresses.len())).collect();
    let mut gateway_api = Judging::of_gateway_api(ingresses.len());
    let is_asked_about: Vec<bool> =
        ingresses.iter().zip(&cluster.ingresses).map(|(ingress, object)| is_asked_about(ingress, object, controller)).collect();
    for (at, object) in cluster.ingresses.iter().enumerate() {
        if is_asked_about[at] {
            judgings.iter_mut().for_each(|judging| judging.look(at));
        }
        // What annotations ask for can be said of those that the controller refuses as well.
        if ingresses[at].served != Served::No {
            gateway_api.look(at);
            for (_, name, value) in own(object, controller).filter(|(.., value)| !value.is_empty()) {
                if let Some(spec) = features::find(name) {
                    gateway_api.annotation(at, spec, value);
                }
            }
        }
    }
    // What a target writes is closed without its Secret, whatever the cluster has.
    let mut cluster = check::presumed(&cluster, controller).unwrap_or(cluster);
    let _ = lower::close(&mut cluster);
    let supposable = check::supposable(&cluster, &Classes::new(&cluster, &controller.flags)).0;
    let mut supposable: Vec<Option<String>> = supposable.into_iter().map(|class| Some(class.to_owned())).collect();
    supposable.insert(0, None);
    let last = supposable.len() - 1;
    for (number, supposed) in supposable.iter().enumerate() {
        let supposed = supposed.as_deref();
        let classes = Classes::new(&cluster, &controller.flags);
        let classes = supposed.map_or(classes.clone(), |class| classes.supposing(class));
        let mut proxy = lower::lower_classes(&cluster, controller, classes).value;
        proxy.secrets = lower::secrets(&cluster, &proxy);
        if number == last {
            // What is written next would stand beside objects that nobody needs any more.
            cluster = Cluster { closed: std::mem::take(&mut cluster.closed), ..Cluster::default() };
        }
        for (target, judging) in TARGETS.iter().zip(&mut judgings) {
            let findings = target.tell(&proxy, options);
            for at in judging.take(findings, placing, |at| is_asked_about[at] && is_of(&ingresses[at], supposed)) {
                ingresses[at].lacks_services = true;
            }
        }
    }
    let refused = cluster.closed.iter().filter(|(object, _)| object.kind == "Ingress");
    for (at, why) in refused.filter_map(|(object, why)| Some((placing.named(&object.namespace, &object.name)?, why))) {
        if is_asked_about[at] {
            let reason =
                Reason { outcome: Outcome::Not, subject: String::from("metadata"), message: why.clone(), closes: true, ingresses: 0 };
            judgings.iter_mut().for_each(|judging| judging.add(at, reason.clone()));
        }
    }
    for judging in judgings.into_iter().chain([gateway_api]) {
        let (target, verdicts) = judging.finish();
        for (ingress, verdict) in ingresses.iter_mut().zip(verdicts) {
            ingress.targets.extend(verdict.map(|verdict| (target.name.clone(), verdict)));
        }
        inventory.targets.push(target);
    }
}
