//! What a route asks for that nginx itself does not have.

use super::scope::Scope;
use super::shared::Shared;
use crate::ir::Features;

/// Tells of each loss; a protection that gets lost closes the route.
pub(super) fn tell(features: &Features, shared: &Shared, scope: &mut Scope) {
    if features.denied.is_some() {
        return;
    }
    if features.waf.enabled == Some(true) {
        scope.close("enable-modsecurity", "nginx has no web application firewall of its own");
    }
    if features.global_limit.as_ref().is_some_and(|limit| limit.requests > 0) {
        scope.close("global-rate-limit", "nginx counts for itself: no limit holds for several of them");
    }
    if features.tracing.enabled == Some(true) {
        scope.lost("enable-opentelemetry", "nginx has no tracing of its own: requests are not traced");
    }
    if features.push_preload && !shared.options.version.has_push() {
        scope.lost("http2-push-preload", "this version of nginx pushes nothing, nor does any browser take it");
    }
    if !features.mirror.source.is_empty() && (features.mirror.target.is_empty() || features.mirror.host.is_empty()) {
        scope.lost("mirror-target", "there is no target to send copies to: requests are not copied");
    }
}
