//! The kinds of objects that somebody looks at: one table. A new one is a row here.

/// Hands the table to a macro. A row is a list of a `Cluster`: what is in it, its name, the type of its objects, and the kinds that
/// get there, with the versions that are read alike. What is read for rules alone is read as the API describes it, and what is wrong
/// with it is for others to tell; for all else a function of the intake is named.
macro_rules! kinds {
    ($use:ident) => {
        $use! {
            /// Ingresses, whatever their class.
            ingresses: k8s_openapi::api::networking::v1::Ingress {
                "Ingress" ["networking.k8s.io/v1"] by ingress,
                "Ingress" ["networking.k8s.io/v1beta1", "extensions/v1beta1"] by legacy_ingress,
            }
            /// Ingress classes.
            ingress_classes: k8s_openapi::api::networking::v1::IngressClass {
                "IngressClass" ["networking.k8s.io/v1", "networking.k8s.io/v1beta1"] by ingress_class,
            }
            /// Services.
            services: k8s_openapi::api::core::v1::Service {
                "Service" ["v1"] by service,
            }
            /// Secrets: `data` and `stringData` joined in `data`.
            secrets: k8s_openapi::api::core::v1::Secret {
                "Secret" ["v1"] by secret,
            }
            /// ConfigMaps.
            config_maps: k8s_openapi::api::core::v1::ConfigMap {
                "ConfigMap" ["v1"] by config_map,
            }
            /// Namespaces.
            namespaces: k8s_openapi::api::core::v1::Namespace {
                "Namespace" ["v1"] by namespace,
            }
            /// Controllers of ingress-nginx, found among the workloads.
            controllers: super::ControllerArgs {}
            /// Endpoint slices, and Endpoints in their form.
            endpoint_slices: k8s_openapi::api::discovery::v1::EndpointSlice {
                "EndpointSlice" ["discovery.k8s.io/v1", "discovery.k8s.io/v1beta1"] by endpoint_slice,
                "Endpoints" ["v1"] by endpoints,
            }
            /// What makes pods, and pods. Only rules look at them.
            workloads: super::Workload {
                "DaemonSet" ["apps/v1", "extensions/v1beta1"] by workload,
                "Deployment" ["apps/v1", "extensions/v1beta1"] by workload,
                "Pod" ["v1"] by workload,
                "ReplicaSet" ["apps/v1", "extensions/v1beta1"] by workload,
                "StatefulSet" ["apps/v1", "extensions/v1beta1"] by workload,
            }
            /// Who may speak to which pods. Only rules look at them.
            network_policies: k8s_openapi::api::networking::v1::NetworkPolicy {
                "NetworkPolicy" ["networking.k8s.io/v1"],
            }
            /// Certificates of cert-manager and who issues them. Only rules look at them.
            issuances: super::Issuance {
                "Certificate" ["cert-manager.io/v1"] by issuance,
                "ClusterIssuer" ["cert-manager.io/v1"] by issuance,
                "Issuer" ["cert-manager.io/v1"] by issuance,
            }
            /// What changes the number of pods. Only rules look at it.
            scalings: super::Scaling {
                "HorizontalPodAutoscaler" ["autoscaling/v1", "autoscaling/v2", "autoscaling/v2beta2"] by scaling,
                "ScaledObject" ["keda.sh/v1alpha1"] by scaling,
            }
            /// How many pods may be missing at a time. Only rules look at them.
            disruption_budgets: k8s_openapi::api::policy::v1::PodDisruptionBudget {
                "PodDisruptionBudget" ["policy/v1", "policy/v1beta1"],
            }
            /// Who may do what. Only rules look at it.
            accesses: super::Access {
                "ClusterRole" ["rbac.authorization.k8s.io/v1"] by access,
                "ClusterRoleBinding" ["rbac.authorization.k8s.io/v1"] by access,
                "Role" ["rbac.authorization.k8s.io/v1"] by access,
                "RoleBinding" ["rbac.authorization.k8s.io/v1"] by access,
            }
        }
    };
}

pub(super) use kinds;
