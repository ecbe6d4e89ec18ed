// Written by scripts/generate-kube-types.ts from the field tables in data/; do not edit.
// Objects are immutable wherever they travel, hence readonly. Times are RFC 3339 strings, quantities strings,
// bytes base64 strings. A field is required when upstream always writes it.

/** A set of field paths in its JSON form (meta/v1 FieldsV1). */
export type FieldsV1 = { readonly [key: string]: FieldsV1 };

/** admissionregistration/v1.AuditAnnotation */
export interface AuditAnnotation {
  readonly key: string;
  readonly valueExpression: string;
}

/** admissionregistration/v1.ExpressionWarning */
export interface ExpressionWarning {
  readonly fieldRef: string;
  readonly warning: string;
}

/** admissionregistration/v1.MatchCondition */
export interface MatchCondition {
  readonly name: string;
  readonly expression: string;
}

/** admissionregistration/v1.MatchResources */
export interface MatchResources {
  readonly namespaceSelector?: LabelSelector | undefined;
  readonly objectSelector?: LabelSelector | undefined;
  readonly resourceRules?: readonly NamedRuleWithOperations[] | undefined;
  readonly excludeResourceRules?: readonly NamedRuleWithOperations[] | undefined;
  readonly matchPolicy?: string | undefined;
}

/** admissionregistration/v1.MutatingWebhook */
export interface MutatingWebhook {
  readonly name: string;
  readonly clientConfig?: AdmissionregistrationWebhookClientConfig | undefined;
  readonly rules?: readonly RuleWithOperations[] | undefined;
  readonly failurePolicy?: string | undefined;
  readonly matchPolicy?: string | undefined;
  readonly namespaceSelector?: LabelSelector | undefined;
  readonly objectSelector?: LabelSelector | undefined;
  readonly sideEffects: string;
  readonly timeoutSeconds?: number | undefined;
  readonly admissionReviewVersions: readonly string[];
  readonly reinvocationPolicy?: string | undefined;
  readonly matchConditions?: readonly MatchCondition[] | undefined;
}

/** admissionregistration/v1.MutatingWebhookConfiguration */
export interface MutatingWebhookConfiguration {
  readonly kind?: string | undefined;
  readonly apiVersion?: string | undefined;
  readonly metadata: ObjectMeta;
  readonly webhooks?: readonly MutatingWebhook[] | undefined;
}

/** admissionregistration/v1.NamedRuleWithOperations */
export interface NamedRuleWithOperations {
  readonly resourceNames?: readonly string[] | undefined;
  readonly operations?: readonly string[] | undefined;
  readonly apiGroups?: readonly string[] | undefined;
  readonly apiVersions?: readonly string[] | undefined;
  readonly resources?: readonly string[] | undefined;
  readonly scope?: string | undefined;
}

/** admissionregistration/v1.ParamKind */
export interface ParamKind {
  readonly apiVersion?: string | undefined;
  readonly kind?: string | undefined;
}

/** admissionregistration/v1.ParamRef */
export interface ParamRef {
  readonly name?: string | undefined;
  readonly namespace?: string | undefined;
  readonly selector?: LabelSelector | undefined;
  readonly parameterNotFoundAction?: string | undefined;
}

/** admissionregistration/v1.Rule */
export interface Rule {
  readonly apiGroups?: readonly string[] | undefined;
  readonly apiVersions?: readonly string[] | undefined;
  readonly resources?: readonly string[] | undefined;
  readonly scope?: string | undefined;
}

/** admissionregistration/v1.RuleWithOperations */
export interface RuleWithOperations {
  readonly operations?: readonly string[] | undefined;
  readonly apiGroups?: readonly string[] | undefined;
  readonly apiVersions?: readonly string[] | undefined;
  readonly resources?: readonly string[] | undefined;
  readonly scope?: string | undefined;
}

/** admissionregistration/v1.ServiceReference */
export interface AdmissionregistrationServiceReference {
  readonly namespace: string;
  readonly name: string;
  readonly path?: string | undefined;
  readonly port?: number | undefined;
}

/** admissionregistration/v1.TypeChecking */
export interface TypeChecking {
  readonly expressionWarnings?: readonly ExpressionWarning[] | undefined;
}

/** admissionregistration/v1.ValidatingAdmissionPolicy */
export interface ValidatingAdmissionPolicy {
  readonly kind?: string | undefined;
  readonly apiVersion?: string | undefined;
  readonly metadata: ObjectMeta;
  readonly spec: ValidatingAdmissionPolicySpec;
  readonly status?: ValidatingAdmissionPolicyStatus | undefined;
}

/** admissionregistration/v1.ValidatingAdmissionPolicyBinding */
export interface ValidatingAdmissionPolicyBinding {
  readonly kind?: string | undefined;
  readonly apiVersion?: string | undefined;
  readonly metadata: ObjectMeta;
  readonly spec: ValidatingAdmissionPolicyBindingSpec;
}

/** admissionregistration/v1.ValidatingAdmissionPolicyBindingSpec */
export interface ValidatingAdmissionPolicyBindingSpec {
  readonly policyName?: string | undefined;
  readonly paramRef?: ParamRef | undefined;
  readonly matchResources?: MatchResources | undefined;
  readonly validationActions?: readonly string[] | undefined;
}

/** admissionregistration/v1.ValidatingAdmissionPolicySpec */
export interface ValidatingAdmissionPolicySpec {
  readonly paramKind?: ParamKind | undefined;
  readonly matchConstraints?: MatchResources | undefined;
  readonly validations?: readonly Validation[] | undefined;
  readonly failurePolicy?: string | undefined;
  readonly auditAnnotations?: readonly AuditAnnotation[] | undefined;
  readonly matchConditions?: readonly MatchCondition[] | undefined;
  readonly variables?: readonly Variable[] | undefined;
}

/** admissionregistration/v1.ValidatingAdmissionPolicyStatus */
export interface ValidatingAdmissionPolicyStatus {
  readonly observedGeneration?: number | undefined;
  readonly typeChecking?: TypeChecking | undefined;
  readonly conditions?: readonly Condition[] | undefined;
}

/** admissionregistration/v1.ValidatingWebhook */
export interface ValidatingWebhook {
  readonly name: string;
  readonly clientConfig?: AdmissionregistrationWebhookClientConfig | undefined;
  readonly rules?: readonly RuleWithOperations[] | undefined;
  readonly failurePolicy?: string | undefined;
  readonly matchPolicy?: string | undefined;
  readonly namespaceSelector?: LabelSelector | undefined;
  readonly objectSelector?: LabelSelector | undefined;
  readonly sideEffects: string;
  readonly timeoutSeconds?: number | undefined;
  readonly admissionReviewVersions: readonly string[];
  readonly matchConditions?: readonly MatchCondition[] | undefined;
}

/** admissionregistration/v1.ValidatingWebhookConfiguration */
export interface ValidatingWebhookConfiguration {
  readonly kind?: string | undefined;
  readonly apiVersion?: string | undefined;
  readonly metadata: ObjectMeta;
  readonly webhooks?: readonly ValidatingWebhook[] | undefined;
}

/** admissionregistration/v1.Validation */
export interface Validation {
  readonly expression: string;
  readonly message?: string | undefined;
  readonly reason?: string | undefined;
  readonly messageExpression?: string | undefined;
}

/** admissionregistration/v1.Variable */
export interface Variable {
  readonly name: string;
  readonly expression: string;
}

/** admissionregistration/v1.WebhookClientConfig */
export interface AdmissionregistrationWebhookClientConfig {
  readonly url?: string | undefined;
  readonly service?: AdmissionregistrationServiceReference | undefined;
  readonly caBundle?: string | undefined;
}

/** apiextensions/v1.CustomResourceColumnDefinition */
export interface CustomResourceColumnDefinition {
  readonly name: string;
  readonly type: string;
  readonly format?: string | undefined;
  readonly description?: string | undefined;
  readonly priority?: number | undefined;
  readonly jsonPath: string;
}

/** apiextensions/v1.CustomResourceConversion */
export interface CustomResourceConversion {
  readonly strategy: string;
  readonly webhook?: WebhookConversion | undefined;
}

/** apiextensions/v1.CustomResourceDefinition */
export interface CustomResourceDefinition {
  readonly kind?: string | undefined;
  readonly apiVersion?: string | undefined;
  readonly metadata: ObjectMeta;
  readonly spec: CustomResourceDefinitionSpec;
  readonly status?: CustomResourceDefinitionStatus | undefined;
}

/** apiextensions/v1.CustomResourceDefinitionCondition */
export interface CustomResourceDefinitionCondition {
  readonly type: string;
  readonly status: string;
  readonly lastTransitionTime?: string | undefined;
  readonly reason?: string | undefined;
  readonly message?: string | undefined;
  readonly observedGeneration?: number | undefined;
}

/** apiextensions/v1.CustomResourceDefinitionNames */
export interface CustomResourceDefinitionNames {
  readonly plural: string;
  readonly singular?: string | undefined;
  readonly shortNames?: readonly string[] | undefined;
  readonly kind: string;
  readonly listKind?: string | undefined;
  readonly categories?: readonly string[] | undefined;
}

/** apiextensions/v1.CustomResourceDefinitionSpec */
export interface CustomResourceDefinitionSpec {
  readonly group: string;
  readonly names?: CustomResourceDefinitionNames | undefined;
  readonly scope: string;
  readonly versions: readonly CustomResourceDefinitionVersion[];
  readonly conversion?: CustomResourceConversion | undefined;
  readonly preserveUnknownFields?: boolean | undefined;
}

/** apiextensions/v1.CustomResourceDefinitionStatus */
export interface CustomResourceDefinitionStatus {
  readonly conditions: readonly CustomResourceDefinitionCondition[];
  readonly acceptedNames?: CustomResourceDefinitionNames | undefined;
  readonly storedVersions: readonly string[];
  readonly observedGeneration?: number | undefined;
}

/** apiextensions/v1.CustomResourceDefinitionVersion */
export interface CustomResourceDefinitionVersion {
  readonly name: string;
  readonly served: boolean;
  readonly storage: boolean;
  readonly deprecated?: boolean | undefined;
  readonly deprecationWarning?: string | undefined;
  readonly schema?: CustomResourceValidation | undefined;
  readonly subresources?: CustomResourceSubresources | undefined;
  readonly additionalPrinterColumns?: readonly CustomResourceColumnDefinition[] | undefined;
  readonly selectableFields?: readonly SelectableField[] | undefined;
}

/** apiextensions/v1.CustomResourceSubresourceScale */
export interface CustomResourceSubresourceScale {
  readonly specReplicasPath: string;
  readonly statusReplicasPath: string;
  readonly labelSelectorPath?: string | undefined;
}

/** apiextensions/v1.CustomResourceSubresources */
export interface CustomResourceSubresources {
  readonly status?: unknown | undefined;
  readonly scale?: CustomResourceSubresourceScale | undefined;
}

/** apiextensions/v1.CustomResourceValidation */
export interface CustomResourceValidation {
  readonly openAPIV3Schema?: JSONSchemaProps | undefined;
}

/** apiextensions/v1.ExternalDocumentation */
export interface ExternalDocumentation {
  readonly description?: string | undefined;
  readonly url?: string | undefined;
}

/** apiextensions/v1.JSONSchemaProps */
export interface JSONSchemaProps {
  readonly id?: string | undefined;
  readonly "$schema"?: string | undefined;
  readonly "$ref"?: string | undefined;
  readonly description?: string | undefined;
  readonly type?: string | undefined;
  readonly format?: string | undefined;
  readonly title?: string | undefined;
  readonly default?: unknown | undefined;
  readonly maximum?: number | undefined;
  readonly exclusiveMaximum?: boolean | undefined;
  readonly minimum?: number | undefined;
  readonly exclusiveMinimum?: boolean | undefined;
  readonly maxLength?: number | undefined;
  readonly minLength?: number | undefined;
  readonly pattern?: string | undefined;
  readonly maxItems?: number | undefined;
  readonly minItems?: number | undefined;
  readonly uniqueItems?: boolean | undefined;
  readonly multipleOf?: number | undefined;
  readonly enum?: readonly unknown[] | undefined;
  readonly maxProperties?: number | undefined;
  readonly minProperties?: number | undefined;
  readonly required?: readonly string[] | undefined;
  readonly items?: unknown | undefined;
  readonly allOf?: readonly JSONSchemaProps[] | undefined;
  readonly oneOf?: readonly JSONSchemaProps[] | undefined;
  readonly anyOf?: readonly JSONSchemaProps[] | undefined;
  readonly not?: JSONSchemaProps | undefined;
  readonly properties?: Readonly<Record<string, JSONSchemaProps>> | undefined;
  readonly additionalProperties?: unknown | undefined;
  readonly patternProperties?: Readonly<Record<string, JSONSchemaProps>> | undefined;
  readonly dependencies?: unknown | undefined;
  readonly additionalItems?: unknown | undefined;
  readonly definitions?: unknown | undefined;
  readonly externalDocs?: ExternalDocumentation | undefined;
  readonly example?: unknown | undefined;
  readonly nullable?: boolean | undefined;
  readonly "x-kubernetes-preserve-unknown-fields"?: boolean | undefined;
  readonly "x-kubernetes-embedded-resource"?: boolean | undefined;
  readonly "x-kubernetes-int-or-string"?: boolean | undefined;
  readonly "x-kubernetes-list-map-keys"?: readonly string[] | undefined;
  readonly "x-kubernetes-list-type"?: string | undefined;
  readonly "x-kubernetes-map-type"?: string | undefined;
  readonly "x-kubernetes-validations"?: unknown | undefined;
}

/** apiextensions/v1.SelectableField */
export interface SelectableField {
  readonly jsonPath: string;
}

/** apiextensions/v1.ServiceReference */
export interface ApiextensionsServiceReference {
  readonly namespace: string;
  readonly name: string;
  readonly path?: string | undefined;
  readonly port?: number | undefined;
}

/** apiextensions/v1.WebhookClientConfig */
export interface WebhookClientConfig {
  readonly url?: string | undefined;
  readonly service?: ApiextensionsServiceReference | undefined;
  readonly caBundle?: string | undefined;
}

/** apiextensions/v1.WebhookConversion */
export interface WebhookConversion {
  readonly clientConfig?: WebhookClientConfig | undefined;
  readonly conversionReviewVersions: readonly string[];
}

/** apiregistration/v1.APIService */
export interface APIService {
  readonly kind?: string | undefined;
  readonly apiVersion?: string | undefined;
  readonly metadata: ObjectMeta;
  readonly spec: APIServiceSpec;
  readonly status?: APIServiceStatus | undefined;
}

/** apiregistration/v1.APIServiceCondition */
export interface APIServiceCondition {
  readonly type: string;
  readonly status: string;
  readonly lastTransitionTime?: string | undefined;
  readonly reason?: string | undefined;
  readonly message?: string | undefined;
}

/** apiregistration/v1.APIServiceSpec */
export interface APIServiceSpec {
  readonly service?: ServiceReference | undefined;
  readonly group?: string | undefined;
  readonly version?: string | undefined;
  readonly insecureSkipTLSVerify?: boolean | undefined;
  readonly caBundle?: string | undefined;
  readonly groupPriorityMinimum: number;
  readonly versionPriority: number;
}

/** apiregistration/v1.APIServiceStatus */
export interface APIServiceStatus {
  readonly conditions?: readonly APIServiceCondition[] | undefined;
}

/** apiregistration/v1.ServiceReference */
export interface ServiceReference {
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
  readonly port?: number | undefined;
}

/** apps/v1.ControllerRevision */
export interface ControllerRevision {
  readonly kind?: string | undefined;
  readonly apiVersion?: string | undefined;
  readonly metadata: ObjectMeta;
  readonly data?: unknown | undefined;
  readonly revision: number;
}

/** apps/v1.DaemonSet */
export interface DaemonSet {
  readonly kind?: string | undefined;
  readonly apiVersion?: string | undefined;
  readonly metadata: ObjectMeta;
  readonly spec: DaemonSetSpec;
  readonly status?: DaemonSetStatus | undefined;
}

/** apps/v1.DaemonSetCondition */
export interface DaemonSetCondition {
  readonly type: string;
  readonly status: string;
  readonly lastTransitionTime?: string | undefined;
  readonly reason?: string | undefined;
  readonly message?: string | undefined;
}

/** apps/v1.DaemonSetSpec */
export interface DaemonSetSpec {
  readonly selector: LabelSelector;
  readonly template?: PodTemplateSpec | undefined;
  readonly updateStrategy?: DaemonSetUpdateStrategy | undefined;
  readonly minReadySeconds?: number | undefined;
  readonly revisionHistoryLimit?: number | undefined;
}

/** apps/v1.DaemonSetStatus */
export interface DaemonSetStatus {
  readonly currentNumberScheduled: number;
  readonly numberMisscheduled: number;
  readonly desiredNumberScheduled: number;
  readonly numberReady: number;
  readonly observedGeneration?: number | undefined;
  readonly updatedNumberScheduled?: number | undefined;
  readonly numberAvailable?: number | undefined;
  readonly numberUnavailable?: number | undefined;
  readonly collisionCount?: number | undefined;
  readonly conditions?: readonly DaemonSetCondition[] | undefined;
}

/** apps/v1.DaemonSetUpdateStrategy */
export interface DaemonSetUpdateStrategy {
  readonly type?: string | undefined;
  readonly rollingUpdate?: RollingUpdateDaemonSet | undefined;
}

/** apps/v1.Deployment */
export interface Deployment {
  readonly kind?: string | undefined;
  readonly apiVersion?: string | undefined;
  readonly metadata: ObjectMeta;
  readonly spec: DeploymentSpec;
  readonly status?: DeploymentStatus | undefined;
}

/** apps/v1.DeploymentCondition */
export interface DeploymentCondition {
  readonly type: string;
  readonly status: string;
  readonly lastUpdateTime?: string | undefined;
  readonly lastTransitionTime?: string | undefined;
  readonly reason?: string | undefined;
  readonly message?: string | undefined;
}

/** apps/v1.DeploymentSpec */
export interface DeploymentSpec {
  readonly replicas?: number | undefined;
  readonly selector: LabelSelector;
  readonly template?: PodTemplateSpec | undefined;
  readonly strategy?: DeploymentStrategy | undefined;
  readonly minReadySeconds?: number | undefined;
  readonly revisionHistoryLimit?: number | undefined;
  readonly paused?: boolean | undefined;
  readonly progressDeadlineSeconds?: number | undefined;
}

/** apps/v1.DeploymentStatus */
export interface DeploymentStatus {
  readonly observedGeneration?: number | undefined;
  readonly replicas?: number | undefined;
  readonly updatedReplicas?: number | undefined;
  readonly readyReplicas?: number | undefined;
  readonly availableReplicas?: number | undefined;
  readonly unavailableReplicas?: number | undefined;
  readonly terminatingReplicas?: number | undefined;
  readonly conditions?: readonly DeploymentCondition[] | undefined;
  readonly collisionCount?: number | undefined;
}

/** apps/v1.DeploymentStrategy */
export interface DeploymentStrategy {
  readonly type?: string | undefined;
  readonly rollingUpdate?: RollingUpdateDeployment | undefined;
}

/** apps/v1.ReplicaSet */
export interface ReplicaSet {
  readonly kind?: string | undefined;
  readonly apiVersion?: string | undefined;
  readonly metadata: ObjectMeta;
  readonly spec: ReplicaSetSpec;
  readonly status?: ReplicaSetStatus | undefined;
}

/** apps/v1.ReplicaSetCondition */
export interface ReplicaSetCondition {
  readonly type: string;
  readonly status: string;
  readonly lastTransitionTime?: string | undefined;
  readonly reason?: string | undefined;
  readonly message?: string | undefined;
}

/** apps/v1.ReplicaSetSpec */
export interface ReplicaSetSpec {
  readonly replicas?: number | undefined;
  readonly minReadySeconds?: number | undefined;
  readonly selector: LabelSelector;
  readonly template?: PodTemplateSpec | undefined;
}

/** apps/v1.ReplicaSetStatus */
export interface ReplicaSetStatus {
  readonly replicas: number;
  readonly fullyLabeledReplicas?: number | undefined;
  readonly readyReplicas?: number | undefined;
  readonly availableReplicas?: number | undefined;
  readonly terminatingReplicas?: number | undefined;
  readonly observedGeneration?: number | undefined;
  readonly conditions?: readonly ReplicaSetCondition[] | undefined;
}

/** apps/v1.RollingUpdateDaemonSet */
export interface RollingUpdateDaemonSet {
  readonly maxUnavailable?: number | string | undefined;
  readonly maxSurge?: number | string | undefined;
}

/** apps/v1.RollingUpdateDeployment */
export interface RollingUpdateDeployment {
  readonly maxUnavailable?: number | string | undefined;
  readonly maxSurge?: number | string | undefined;
}

/** apps/v1.RollingUpdateStatefulSetStrategy */
export interface RollingUpdateStatefulSetStrategy {
  readonly partition?: number | undefined;
  readonly maxUnavailable?: number | string | undefined;
}

/** apps/v1.StatefulSet */
export interface StatefulSet {
  readonly kind?: string | undefined;
  readonly apiVersion?: string | undefined;
  readonly metadata: ObjectMeta;
  readonly spec: StatefulSetSpec;
  readonly status?: StatefulSetStatus | undefined;
}

/** apps/v1.StatefulSetCondition */
export interface StatefulSetCondition {
  readonly type: string;
  readonly status: string;
  readonly lastTransitionTime?: string | undefined;
  readonly reason?: string | undefined;
  readonly message?: string | undefined;
}

/** apps/v1.StatefulSetOrdinals */
export interface StatefulSetOrdinals {
  readonly start: number;
}

/** apps/v1.StatefulSetPersistentVolumeClaimRetentionPolicy */
export interface StatefulSetPersistentVolumeClaimRetentionPolicy {
  readonly whenDeleted?: string | undefined;
  readonly whenScaled?: string | undefined;
}

/** apps/v1.StatefulSetSpec */
export interface StatefulSetSpec {
  readonly replicas?: number | undefined;
  readonly selector: LabelSelector;
  readonly template?: PodTemplateSpec | undefined;
  readonly volumeClaimTemplates?: readonly PersistentVolumeClaim[] | undefined;
  readonly serviceName: string;
  readonly podManagementPolicy?: string | undefined;
  readonly updateStrategy?: StatefulSetUpdateStrategy | undefined;
  readonly revisionHistoryLimit?: number | undefined;
  readonly minReadySeconds?: number | undefined;
  readonly persistentVolumeClaimRetentionPolicy?: StatefulSetPersistentVolumeClaimRetentionPolicy | undefined;
  readonly ordinals?: StatefulSetOrdinals | undefined;
}

/** apps/v1.StatefulSetStatus */
export interface StatefulSetStatus {
  readonly observedGeneration?: number | undefined;
  readonly replicas: number;
  readonly readyReplicas?: number | undefined;
  readonly currentReplicas?: number | undefined;
  readonly updatedReplicas?: number | undefined;
  readonly currentRevision?: string | undefined;
  readonly updateRevision?: string | undefined;
  readonly collisionCount?: number | undefined;
  readonly conditions?: readonly StatefulSetCondition[] | undefined;
  readonly availableReplicas: number;
}

/** apps/v1.StatefulSetUpdateStrategy */
export interface StatefulSetUpdateStrategy {
  readonly type?: string | undefined;
  readonly rollingUpdate?: RollingUpdateStatefulSetStrategy | undefined;
}

/** authentication/v1.BoundObjectReference */
export interface BoundObjectReference {
  readonly kind?: string | undefined;
  readonly apiVersion?: string | undefined;
  readonly name?: string | undefined;
  readonly uid?: string | undefined;
}

/** authentication/v1.SelfSubjectReview */
export interface SelfSubjectReview {
  readonly kind?: string | undefined;
  readonly apiVersion?: string | undefined;
  readonly metadata: ObjectMeta;
  readonly status?: SelfSubjectReviewStatus | undefined;
}

/** authentication/v1.SelfSubjectReviewStatus */
export interface SelfSubjectReviewStatus {
  readonly userInfo?: UserInfo | undefined;
}

/** authentication/v1.TokenRequest */
export interface AuthenticationTokenRequest {
  readonly kind?: string | undefined;
  readonly apiVersion?: string | undefined;
  readonly metadata: ObjectMeta;
  readonly spec: TokenRequestSpec;
  readonly status?: TokenRequestStatus | undefined;
}

/** authentication/v1.TokenRequestSpec */
export interface TokenRequestSpec {
  readonly audiences: readonly string[];
  readonly expirationSeconds: number;
  readonly boundObjectRef: BoundObjectReference;
}

/** authentication/v1.TokenRequestStatus */
export interface TokenRequestStatus {
  readonly token: string;
  readonly expirationTimestamp?: string | undefined;
}

/** authentication/v1.TokenReview */
export interface TokenReview {
  readonly kind?: string | undefined;
  readonly apiVersion?: string | undefined;
  readonly metadata: ObjectMeta;
  readonly spec: TokenReviewSpec;
  readonly status?: TokenReviewStatus | undefined;
}

/** authentication/v1.TokenReviewSpec */
export interface TokenReviewSpec {
  readonly token?: string | undefined;
  readonly audiences?: readonly string[] | undefined;
}

/** authentication/v1.TokenReviewStatus */
export interface TokenReviewStatus {
  readonly authenticated?: boolean | undefined;
  readonly user?: UserInfo | undefined;
  readonly audiences?: readonly string[] | undefined;
  readonly error?: string | undefined;
}

/** authentication/v1.UserInfo */
export interface UserInfo {
  readonly username?: string | undefined;
  readonly uid?: string | undefined;
  readonly groups?: readonly string[] | undefined;
  readonly extra?: Readonly<Record<string, readonly string[]>> | undefined;
}

/** authorization/v1.FieldSelectorAttributes */
export interface FieldSelectorAttributes {
  readonly rawSelector?: string | undefined;
  readonly requirements?: readonly FieldSelectorRequirement[] | undefined;
}

/** authorization/v1.LabelSelectorAttributes */
export interface LabelSelectorAttributes {
  readonly rawSelector?: string | undefined;
  readonly requirements?: readonly LabelSelectorRequirement[] | undefined;
}

/** authorization/v1.LocalSubjectAccessReview */
export interface LocalSubjectAccessReview {
  readonly kind?: string | undefined;
  readonly apiVersion?: string | undefined;
  readonly metadata: ObjectMeta;
  readonly spec: SubjectAccessReviewSpec;
  readonly status?: SubjectAccessReviewStatus | undefined;
}

/** authorization/v1.NonResourceAttributes */
export interface NonResourceAttributes {
  readonly path?: string | undefined;
  readonly verb?: string | undefined;
}

/** authorization/v1.NonResourceRule */
export interface NonResourceRule {
  readonly verbs: readonly string[];
  readonly nonResourceURLs?: readonly string[] | undefined;
}

/** authorization/v1.ResourceAttributes */
export interface ResourceAttributes {
  readonly namespace?: string | undefined;
  readonly verb?: string | undefined;
  readonly group?: string | undefined;
  readonly version?: string | undefined;
  readonly resource?: string | undefined;
  readonly subresource?: string | undefined;
  readonly name?: string | undefined;
  readonly fieldSelector?: FieldSelectorAttributes | undefined;
  readonly labelSelector?: LabelSelectorAttributes | undefined;
}

/** authorization/v1.ResourceRule */
export interface ResourceRule {
  readonly verbs: readonly string[];
  readonly apiGroups?: readonly string[] | undefined;
  readonly resources?: readonly string[] | undefined;
  readonly resourceNames?: readonly string[] | undefined;
}

/** authorization/v1.SelfSubjectAccessReview */
export interface SelfSubjectAccessReview {
  readonly kind?: string | undefined;
  readonly apiVersion?: string | undefined;
  readonly metadata: ObjectMeta;
  readonly spec: SelfSubjectAccessReviewSpec;
  readonly status?: SubjectAccessReviewStatus | undefined;
}

/** authorization/v1.SelfSubjectAccessReviewSpec */
export interface SelfSubjectAccessReviewSpec {
  readonly resourceAttributes?: ResourceAttributes | undefined;
  readonly nonResourceAttributes?: NonResourceAttributes | undefined;
}

/** authorization/v1.SelfSubjectRulesReview */
export interface SelfSubjectRulesReview {
  readonly kind?: string | undefined;
  readonly apiVersion?: string | undefined;
  readonly metadata: ObjectMeta;
  readonly spec: SelfSubjectRulesReviewSpec;
  readonly status?: SubjectRulesReviewStatus | undefined;
}

/** authorization/v1.SelfSubjectRulesReviewSpec */
export interface SelfSubjectRulesReviewSpec {
  readonly namespace?: string | undefined;
}

/** authorization/v1.SubjectAccessReview */
export interface SubjectAccessReview {
  readonly kind?: string | undefined;
  readonly apiVersion?: string | undefined;
  readonly metadata: ObjectMeta;
  readonly spec: SubjectAccessReviewSpec;
  readonly status?: SubjectAccessReviewStatus | undefined;
}

/** authorization/v1.SubjectAccessReviewSpec */
export interface SubjectAccessReviewSpec {
  readonly resourceAttributes?: ResourceAttributes | undefined;
  readonly nonResourceAttributes?: NonResourceAttributes | undefined;
  readonly user?: string | undefined;
  readonly groups?: readonly string[] | undefined;
  readonly extra?: Readonly<Record<string, readonly string[]>> | undefined;
  readonly uid?: string | undefined;
}

/** authorization/v1.SubjectAccessReviewStatus */
export interface SubjectAccessReviewStatus {
  readonly allowed: boolean;
  readonly denied?: boolean | undefined;
  readonly reason?: string | undefined;
  readonly evaluationError?: string | undefined;
}

/** authorization/v1.SubjectRulesReviewStatus */
export interface SubjectRulesReviewStatus {
  readonly resourceRules: readonly ResourceRule[];
  readonly nonResourceRules: readonly NonResourceRule[];
  readonly incomplete: boolean;
  readonly evaluationError?: string | undefined;
}

/** autoscaling/v1.CrossVersionObjectReference */
export interface AutoscalingV1CrossVersionObjectReference {
  readonly kind: string;
  readonly name: string;
  readonly apiVersion?: string | undefined;
}

/** autoscaling/v1.HorizontalPodAutoscaler */
export interface AutoscalingV1HorizontalPodAutoscaler {
  readonly kind?: string | undefined;
  readonly apiVersion?: string | undefined;
  readonly metadata: ObjectMeta;
  readonly spec: AutoscalingV1HorizontalPodAutoscalerSpec;
  readonly status?: AutoscalingV1HorizontalPodAutoscalerStatus | undefined;
}

/** autoscaling/v1.HorizontalPodAutoscalerSpec */
export interface AutoscalingV1HorizontalPodAutoscalerSpec {
  readonly scaleTargetRef?: AutoscalingV1CrossVersionObjectReference | undefined;
  readonly minReplicas?: number | undefined;
  readonly maxReplicas: number;
  readonly targetCPUUtilizationPercentage?: number | undefined;
}

/** autoscaling/v1.HorizontalPodAutoscalerStatus */
export interface AutoscalingV1HorizontalPodAutoscalerStatus {
  readonly observedGeneration?: number | undefined;
  readonly lastScaleTime?: string | undefined;
  readonly currentReplicas: number;
  readonly desiredReplicas: number;
  readonly currentCPUUtilizationPercentage?: number | undefined;
}

/** autoscaling/v1.Scale */
export interface Scale {
  readonly kind?: string | undefined;
  readonly apiVersion?: string | undefined;
  readonly metadata: ObjectMeta;
  readonly spec: ScaleSpec;
  readonly status?: ScaleStatus | undefined;
}

/** autoscaling/v1.ScaleSpec */
export interface ScaleSpec {
  readonly replicas?: number | undefined;
}

/** autoscaling/v1.ScaleStatus */
export interface ScaleStatus {
  readonly replicas: number;
  readonly selector?: string | undefined;
}

/** autoscaling/v2.ContainerResourceMetricSource */
export interface ContainerResourceMetricSource {
  readonly name: string;
  readonly target?: MetricTarget | undefined;
  readonly container: string;
}

/** autoscaling/v2.ContainerResourceMetricStatus */
export interface ContainerResourceMetricStatus {
  readonly name: string;
  readonly current?: MetricValueStatus | undefined;
  readonly container: string;
}

/** autoscaling/v2.CrossVersionObjectReference */
export interface CrossVersionObjectReference {
  readonly kind: string;
  readonly name: string;
  readonly apiVersion?: string | undefined;
}

/** autoscaling/v2.ExternalMetricSource */
export interface ExternalMetricSource {
  readonly metric?: MetricIdentifier | undefined;
  readonly target?: MetricTarget | undefined;
}

/** autoscaling/v2.ExternalMetricStatus */
export interface ExternalMetricStatus {
  readonly metric?: MetricIdentifier | undefined;
  readonly current?: MetricValueStatus | undefined;
}

/** autoscaling/v2.HPAScalingPolicy */
export interface HPAScalingPolicy {
  readonly type: string;
  readonly value: number;
  readonly periodSeconds: number;
}

/** autoscaling/v2.HPAScalingRules */
export interface HPAScalingRules {
  readonly stabilizationWindowSeconds?: number | undefined;
  readonly selectPolicy?: string | undefined;
  readonly policies?: readonly HPAScalingPolicy[] | undefined;
  readonly tolerance?: string | undefined;
}

/** autoscaling/v2.HorizontalPodAutoscaler */
export interface HorizontalPodAutoscaler {
  readonly kind?: string | undefined;
  readonly apiVersion?: string | undefined;
  readonly metadata: ObjectMeta;
  readonly spec: HorizontalPodAutoscalerSpec;
  readonly status?: HorizontalPodAutoscalerStatus | undefined;
}

/** autoscaling/v2.HorizontalPodAutoscalerBehavior */
export interface HorizontalPodAutoscalerBehavior {
  readonly scaleUp?: HPAScalingRules | undefined;
  readonly scaleDown?: HPAScalingRules | undefined;
}

/** autoscaling/v2.HorizontalPodAutoscalerCondition */
export interface HorizontalPodAutoscalerCondition {
  readonly type: string;
  readonly status: string;
  readonly lastTransitionTime?: string | undefined;
  readonly reason?: string | undefined;
  readonly message?: string | undefined;
}

/** autoscaling/v2.HorizontalPodAutoscalerSpec */
export interface HorizontalPodAutoscalerSpec {
  readonly scaleTargetRef?: CrossVersionObjectReference | undefined;
  readonly minReplicas?: number | undefined;
  readonly maxReplicas: number;
  readonly metrics?: readonly MetricSpec[] | undefined;
  readonly behavior?: HorizontalPodAutoscalerBehavior | undefined;
}

/** autoscaling/v2.HorizontalPodAutoscalerStatus */
export interface HorizontalPodAutoscalerStatus {
  readonly observedGeneration?: number | undefined;
  readonly lastScaleTime?: string | undefined;
  readonly currentReplicas?: number | undefined;
  readonly desiredReplicas: number;
  readonly currentMetrics: readonly MetricStatus[];
  readonly conditions?: readonly HorizontalPodAutoscalerCondition[] | undefined;
}

/** autoscaling/v2.MetricIdentifier */
export interface MetricIdentifier {
  readonly name: string;
  readonly selector?: LabelSelector | undefined;
}

/** autoscaling/v2.MetricSpec */
export interface MetricSpec {
  readonly type: string;
  readonly object?: ObjectMetricSource | undefined;
  readonly pods?: PodsMetricSource | undefined;
  readonly resource?: ResourceMetricSource | undefined;
  readonly containerResource?: ContainerResourceMetricSource | undefined;
  readonly external?: ExternalMetricSource | undefined;
}

/** autoscaling/v2.MetricStatus */
export interface MetricStatus {
  readonly type: string;
  readonly object?: ObjectMetricStatus | undefined;
  readonly pods?: PodsMetricStatus | undefined;
  readonly resource?: ResourceMetricStatus | undefined;
  readonly containerResource?: ContainerResourceMetricStatus | undefined;
  readonly external?: ExternalMetricStatus | undefined;
}

/** autoscaling/v2.MetricTarget */
export interface MetricTarget {
  readonly type: string;
  readonly value?: string | undefined;
  readonly averageValue?: string | undefined;
  readonly averageUtilization?: number | undefined;
}

/** autoscaling/v2.MetricValueStatus */
export interface MetricValueStatus {
  readonly value?: string | undefined;
  readonly averageValue?: string | undefined;
  readonly averageUtilization?: number | undefined;
}

/** autoscaling/v2.ObjectMetricSource */
export interface ObjectMetricSource {
  readonly describedObject?: CrossVersionObjectReference | undefined;
  readonly target?: MetricTarget | undefined;
  readonly metric?: MetricIdentifier | undefined;
}

/** autoscaling/v2.ObjectMetricStatus */
export interface ObjectMetricStatus {
  readonly metric?: MetricIdentifier | undefined;
  readonly current?: MetricValueStatus | undefined;
  readonly describedObject?: CrossVersionObjectReference | undefined;
}

/** autoscaling/v2.PodsMetricSource */
export interface PodsMetricSource {
  readonly metric?: MetricIdentifier | undefined;
  readonly target?: MetricTarget | undefined;
}

/** autoscaling/v2.PodsMetricStatus */
export interface PodsMetricStatus {
  readonly metric?: MetricIdentifier | undefined;
  readonly current?: MetricValueStatus | undefined;
}

/** autoscaling/v2.ResourceMetricSource */
export interface ResourceMetricSource {
  readonly name: string;
  readonly target?: MetricTarget | undefined;
}

/** autoscaling/v2.ResourceMetricStatus */
export interface ResourceMetricStatus {
  readonly name: string;
  readonly current?: MetricValueStatus | undefined;
}

/** batch/v1.CronJob */
export interface CronJob {
  readonly kind?: string | undefined;
  readonly apiVersion?: string | undefined;
  readonly metadata: ObjectMeta;
  readonly spec: CronJobSpec;
  readonly status?: CronJobStatus | undefined;
}

/** batch/v1.CronJobSpec */
export interface CronJobSpec {
  readonly schedule: string;
  readonly timeZone?: string | undefined;
  readonly startingDeadlineSeconds?: number | undefined;
  readonly concurrencyPolicy?: string | undefined;
  readonly suspend?: boolean | undefined;
  readonly jobTemplate?: JobTemplateSpec | undefined;
  readonly successfulJobsHistoryLimit?: number | undefined;
  readonly failedJobsHistoryLimit?: number | undefined;
}

/** batch/v1.CronJobStatus */
export interface CronJobStatus {
  readonly active?: readonly ObjectReference[] | undefined;
  readonly lastScheduleTime?: string | undefined;
  readonly lastSuccessfulTime?: string | undefined;
}

/** batch/v1.Job */
export interface Job {
  readonly kind?: string | undefined;
  readonly apiVersion?: string | undefined;
  readonly metadata: ObjectMeta;
  readonly spec: JobSpec;
  readonly status?: JobStatus | undefined;
}

/** batch/v1.JobCondition */
export interface JobCondition {
  readonly type: string;
  readonly status: string;
  readonly lastProbeTime?: string | undefined;
  readonly lastTransitionTime?: string | undefined;
  readonly reason?: string | undefined;
  readonly message?: string | undefined;
}

/** batch/v1.JobSpec */
export interface JobSpec {
  readonly parallelism?: number | undefined;
  readonly completions?: number | undefined;
  readonly activeDeadlineSeconds?: number | undefined;
  readonly podFailurePolicy?: PodFailurePolicy | undefined;
  readonly successPolicy?: SuccessPolicy | undefined;
  readonly backoffLimit?: number | undefined;
  readonly backoffLimitPerIndex?: number | undefined;
  readonly maxFailedIndexes?: number | undefined;
  readonly selector?: LabelSelector | undefined;
  readonly manualSelector?: boolean | undefined;
  readonly template?: PodTemplateSpec | undefined;
  readonly ttlSecondsAfterFinished?: number | undefined;
  readonly completionMode?: string | undefined;
  readonly suspend?: boolean | undefined;
  readonly podReplacementPolicy?: string | undefined;
  readonly managedBy?: string | undefined;
}

/** batch/v1.JobStatus */
export interface JobStatus {
  readonly conditions?: readonly JobCondition[] | undefined;
  readonly startTime?: string | undefined;
  readonly completionTime?: string | undefined;
  readonly active?: number | undefined;
  readonly succeeded?: number | undefined;
  readonly failed?: number | undefined;
  readonly terminating?: number | undefined;
  readonly completedIndexes?: string | undefined;
  readonly failedIndexes?: string | undefined;
  readonly uncountedTerminatedPods?: UncountedTerminatedPods | undefined;
  readonly ready?: number | undefined;
}

/** batch/v1.JobTemplateSpec */
export interface JobTemplateSpec {
  readonly metadata?: ObjectMeta | undefined;
  readonly spec: JobSpec;
}

/** batch/v1.PodFailurePolicy */
export interface PodFailurePolicy {
  readonly rules: readonly PodFailurePolicyRule[];
}

/** batch/v1.PodFailurePolicyOnExitCodesRequirement */
export interface PodFailurePolicyOnExitCodesRequirement {
  readonly containerName?: string | undefined;
  readonly operator: string;
  readonly values: readonly number[];
}

/** batch/v1.PodFailurePolicyOnPodConditionsPattern */
export interface PodFailurePolicyOnPodConditionsPattern {
  readonly type: string;
  readonly status: string;
}

/** batch/v1.PodFailurePolicyRule */
export interface PodFailurePolicyRule {
  readonly action: string;
  readonly onExitCodes?: PodFailurePolicyOnExitCodesRequirement | undefined;
  readonly onPodConditions?: readonly PodFailurePolicyOnPodConditionsPattern[] | undefined;
}

/** batch/v1.SuccessPolicy */
export interface SuccessPolicy {
  readonly rules: readonly SuccessPolicyRule[];
}

/** batch/v1.SuccessPolicyRule */
export interface SuccessPolicyRule {
  readonly succeededIndexes?: string | undefined;
  readonly succeededCount?: number | undefined;
}

/** batch/v1.UncountedTerminatedPods */
export interface UncountedTerminatedPods {
  readonly succeeded?: readonly string[] | undefined;
  readonly failed?: readonly string[] | undefined;
}

/** certificates/v1.CertificateSigningRequest */
export interface CertificateSigningRequest {
  readonly kind?: string | undefined;
  readonly apiVersion?: string | undefined;
  readonly metadata: ObjectMeta;
  readonly spec: CertificateSigningRequestSpec;
  readonly status?: CertificateSigningRequestStatus | undefined;
}

/** certificates/v1.CertificateSigningRequestCondition */
export interface CertificateSigningRequestCondition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string | undefined;
  readonly message?: string | undefined;
  readonly lastUpdateTime?: string | undefined;
  readonly lastTransitionTime?: string | undefined;
}

/** certificates/v1.CertificateSigningRequestSpec */
export interface CertificateSigningRequestSpec {
  readonly request: string;
  readonly signerName: string;
  readonly expirationSeconds?: number | undefined;
  readonly usages?: readonly string[] | undefined;
  readonly username?: string | undefined;
  readonly uid?: string | undefined;
  readonly groups?: readonly string[] | undefined;
  readonly extra?: Readonly<Record<string, readonly string[]>> | undefined;
}

/** certificates/v1.CertificateSigningRequestStatus */
export interface CertificateSigningRequestStatus {
  readonly conditions?: readonly CertificateSigningRequestCondition[] | undefined;
  readonly certificate?: string | undefined;
}

/** clientcmd/v1.AuthInfo */
export interface AuthInfo {
  readonly "client-certificate"?: string | undefined;
  readonly "client-certificate-data"?: string | undefined;
  readonly "client-key"?: string | undefined;
  readonly "client-key-data"?: string | undefined;
  readonly token?: string | undefined;
  readonly tokenFile?: string | undefined;
  readonly as?: string | undefined;
  readonly "as-uid"?: string | undefined;
  readonly "as-groups"?: readonly string[] | undefined;
  readonly "as-user-extra"?: Readonly<Record<string, readonly string[]>> | undefined;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly "auth-provider"?: AuthProviderConfig | undefined;
  readonly exec?: ExecConfig | undefined;
  readonly extensions?: readonly NamedExtension[] | undefined;
}

/** clientcmd/v1.AuthProviderConfig */
export interface AuthProviderConfig {
  readonly name: string;
  readonly config: Readonly<Record<string, string>>;
}

/** clientcmd/v1.Cluster */
export interface Cluster {
  readonly server: string;
  readonly "tls-server-name"?: string | undefined;
  readonly "insecure-skip-tls-verify"?: boolean | undefined;
  readonly "certificate-authority"?: string | undefined;
  readonly "certificate-authority-data"?: string | undefined;
  readonly "proxy-url"?: string | undefined;
  readonly "disable-compression"?: boolean | undefined;
  readonly extensions?: readonly NamedExtension[] | undefined;
}

/** clientcmd/v1.Config */
export interface Config {
  readonly kind?: string | undefined;
  readonly apiVersion?: string | undefined;
  readonly preferences?: Preferences | undefined;
  readonly clusters: readonly NamedCluster[];
  readonly users: readonly NamedAuthInfo[];
  readonly contexts: readonly NamedContext[];
  readonly "current-context": string;
  readonly extensions?: readonly NamedExtension[] | undefined;
}

/** clientcmd/v1.Context */
export interface Context {
  readonly cluster: string;
  readonly user: string;
  readonly namespace?: string | undefined;
  readonly extensions?: readonly NamedExtension[] | undefined;
}

/** clientcmd/v1.ExecConfig */
export interface ExecConfig {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: readonly ExecEnvVar[];
  readonly apiVersion?: string | undefined;
  readonly installHint?: string | undefined;
  readonly provideClusterInfo: boolean;
  readonly interactiveMode?: string | undefined;
}

/** clientcmd/v1.ExecEnvVar */
export interface ExecEnvVar {
  readonly name: string;
  readonly value: string;
}

/** clientcmd/v1.NamedAuthInfo */
export interface NamedAuthInfo {
  readonly name: string;
  readonly user?: AuthInfo | undefined;
}

/** clientcmd/v1.NamedCluster */
export interface NamedCluster {
  readonly name: string;
  readonly cluster?: Cluster | undefined;
}

/** clientcmd/v1.NamedContext */
export interface NamedContext {
  readonly name: string;
  readonly context?: Context | undefined;
}

/** clientcmd/v1.NamedExtension */
export interface NamedExtension {
  readonly name: string;
  readonly extension?: unknown | undefined;
}

/** clientcmd/v1.Preferences */
export interface Preferences {
  readonly colors?: boolean | undefined;
  readonly extensions?: readonly NamedExtension[] | undefined;
}

/** coordination/v1.Lease */
export interface Lease {
  readonly kind?: string | undefined;
  readonly apiVersion?: string | undefined;
  readonly metadata: ObjectMeta;
  readonly spec: LeaseSpec;
}

/** coordination/v1.LeaseSpec */
export interface LeaseSpec {
  readonly holderIdentity?: string | undefined;
  readonly leaseDurationSeconds?: number | undefined;
  readonly acquireTime?: string | undefined;
  readonly renewTime?: string | undefined;
  readonly leaseTransitions?: number | undefined;
  readonly strategy?: string | undefined;
  readonly preferredHolder?: string | undefined;
}

/** core/v1.AWSElasticBlockStoreVolumeSource */
export interface AWSElasticBlockStoreVolumeSource {
  readonly volumeID: string;
  readonly fsType?: string | undefined;
  readonly partition?: number | undefined;
  readonly readOnly?: boolean | undefined;
}

/** core/v1.Affinity */
export interface Affinity {
  readonly nodeAffinity?: NodeAffinity | undefined;
  readonly podAffinity?: PodAffinity | undefined;
  readonly podAntiAffinity?: PodAntiAffinity | undefined;
}

/** core/v1.AppArmorProfile */
export interface AppArmorProfile {
  readonly type: string;
  readonly localhostProfile?: string | undefined;
}

/** core/v1.AttachedVolume */
export interface AttachedVolume {
  readonly name: string;
  readonly devicePath: string;
}

/** core/v1.AzureDiskVolumeSource */
export interface AzureDiskVolumeSource {
  readonly diskName: string;
  readonly diskURI: string;
  readonly cachingMode?: string | undefined;
  readonly fsType?: string | undefined;
  readonly readOnly?: boolean | undefined;
  readonly kind?: string | undefined;
}

/** core/v1.AzureFilePersistentVolumeSource */
export interface AzureFilePersistentVolumeSource {
  readonly secretName: string;
  readonly shareName: string;
  readonly readOnly?: boolean | undefined;
  readonly secretNamespace: string;
}

/** core/v1.AzureFileVolumeSource */
export interface AzureFileVolumeSource {
  readonly secretName: string;
  readonly shareName: string;
  readonly readOnly?: boolean | undefined;
}

/** core/v1.Binding */
export interface Binding {
  readonly kind?: string | undefined;
  readonly apiVersion?: string | undefined;
  readonly metadata: ObjectMeta;
  readonly target?: ObjectReference | undefined;
}

/** core/v1.CSIPersistentVolumeSource */
export interface CSIPersistentVolumeSource {
  readonly driver: string;
  readonly volumeHandle: string;
  readonly readOnly?: boolean | undefined;
  readonly fsType?: string | undefined;
  readonly volumeAttributes?: Readonly<Record<string, string>> | undefined;
  readonly controllerPublishSecretRef?: SecretReference | undefined;
  readonly nodeStageSecretRef?: SecretReference | undefined;
  readonly nodePublishSecretRef?: SecretReference | undefined;
  readonly controllerExpandSecretRef?: SecretReference | undefined;
  readonly nodeExpandSecretRef?: SecretReference | undefined;
}

/** core/v1.CSIVolumeSource */
export interface CSIVolumeSource {
  readonly driver: string;
  readonly readOnly?: boolean | undefined;
  readonly fsType?: string | undefined;
  readonly volumeAttributes?: Readonly<Record<string, string>> | undefined;
  readonly nodePublishSecretRef?: LocalObjectReference | undefined;
}

/** core/v1.Capabilities */
export interface Capabilities {
  readonly add?: readonly string[] | undefined;
  readonly drop?: readonly string[] | undefined;
}

/** core/v1.CephFSPersistentVolumeSource */
export interface CephFSPersistentVolumeSource {
  readonly monitors: readonly string[];
  readonly path?: string | undefined;
  readonly user?: string | undefined;
  readonly secretFile?: string | undefined;
  readonly secretRef?: SecretReference | undefined;
  readonly readOnly?: boolean | undefined;
}

/** core/v1.CephFSVolumeSource */
export interface CephFSVolumeSource {
  readonly monitors: readonly string[];
  readonly path?: string | undefined;
  readonly user?: string | undefined;
  readonly secretFile?: string | undefined;
  readonly secretRef?: LocalObjectReference | undefined;
  readonly readOnly?: boolean | undefined;
}

/** core/v1.CinderPersistentVolumeSource */
export interface CinderPersistentVolumeSource {
  readonly volumeID: string;
  readonly fsType?: string | undefined;
  readonly readOnly?: boolean | undefined;
  readonly secretRef?: SecretReference | undefined;
}

/** core/v1.CinderVolumeSource */
export interface CinderVolumeSource {
  readonly volumeID: string;
  readonly fsType?: string | undefined;
  readonly readOnly?: boolean | undefined;
  readonly secretRef?: LocalObjectReference | undefined;
}

/** core/v1.ClientIPConfig */
export interface ClientIPConfig {
  readonly timeoutSeconds?: number | undefined;
}

/** core/v1.ClusterTrustBundleProjection */
export interface ClusterTrustBundleProjection {
  readonly name?: string | undefined;
  readonly signerName?: string | undefined;
  readonly labelSelector?: LabelSelector | undefined;
  readonly optional?: boolean | undefined;
  readonly path: string;
}

/** core/v1.ComponentCondition */
export interface ComponentCondition {
  readonly type: string;
  readonly status: string;
  readonly message?: string | undefined;
  readonly error?: string | undefined;
}

/** core/v1.ComponentStatus */
export interface ComponentStatus {
  readonly kind?: string | undefined;
  readonly apiVersion?: string | undefined;
  readonly metadata: ObjectMeta;
  readonly conditions?: readonly ComponentCondition[] | undefined;
}

/** core/v1.ConfigMap */
export interface ConfigMap {
  readonly kind?: string | undefined;
  readonly apiVersion?: string | undefined;
  readonly metadata: ObjectMeta;
  readonly immutable?: boolean | undefined;
  readonly data?: Readonly<Record<string, string>> | undefined;
  readonly binaryData?: Readonly<Record<string, string>> | undefined;
}

/** core/v1.ConfigMapEnvSource */
export interface ConfigMapEnvSource {
  readonly name?: string | undefined;
  readonly optional?: boolean | undefined;
}

/** core/v1.ConfigMapKeySelector */
export interface ConfigMapKeySelector {
  readonly name?: string | undefined;
  readonly key: string;
  readonly optional?: boolean | undefined;
}

/** core/v1.ConfigMapNodeConfigSource */
export interface ConfigMapNodeConfigSource {
  readonly namespace: string;
  readonly name: string;
  readonly uid?: string | undefined;
  readonly resourceVersion?: string | undefined;
  readonly kubeletConfigKey: string;
}

/** core/v1.ConfigMapProjection */
export interface ConfigMapProjection {
  readonly name?: string | undefined;
  readonly items?: readonly KeyToPath[] | undefined;
  readonly optional?: boolean | undefined;
}

/** core/v1.ConfigMapVolumeSource */
export interface ConfigMapVolumeSource {
  readonly name?: string | undefined;
  readonly items?: readonly KeyToPath[] | undefined;
  readonly defaultMode?: number | undefined;
  readonly optional?: boolean | undefined;
}

/** core/v1.Container */
export interface Container {
  readonly name: string;
  readonly image?: string | undefined;
  readonly command?: readonly string[] | undefined;
  readonly args?: readonly string[] | undefined;
  readonly workingDir?: string | undefined;
  readonly ports?: readonly ContainerPort[] | undefined;
  readonly envFrom?: readonly EnvFromSource[] | undefined;
  readonly env?: readonly EnvVar[] | undefined;
  readonly resources?: ResourceRequirements | undefined;
  readonly resizePolicy?: readonly ContainerResizePolicy[] | undefined;
  readonly restartPolicy?: string | undefined;
  readonly restartPolicyRules?: readonly ContainerRestartRule[] | undefined;
  readonly volumeMounts?: readonly VolumeMount[] | undefined;
  readonly volumeDevices?: readonly VolumeDevice[] | undefined;
  readonly livenessProbe?: Probe | undefined;
  readonly readinessProbe?: Probe | undefined;
  readonly startupProbe?: Probe | undefined;
  readonly lifecycle?: Lifecycle | undefined;
  readonly terminationMessagePath?: string | undefined;
  readonly terminationMessagePolicy?: string | undefined;
  readonly imagePullPolicy?: string | undefined;
  readonly securityContext?: SecurityContext | undefined;
  readonly stdin?: boolean | undefined;
  readonly stdinOnce?: boolean | undefined;
  readonly tty?: boolean | undefined;
}

/** core/v1.ContainerExtendedResourceRequest */
export interface ContainerExtendedResourceRequest {
  readonly containerName: string;
  readonly resourceName: string;
  readonly requestName: string;
}

/** core/v1.ContainerImage */
export interface ContainerImage {
  readonly names: readonly string[];
  readonly sizeBytes?: number | undefined;
}

/** core/v1.ContainerPort */
export interface ContainerPort {
  readonly name?: string | undefined;
  readonly hostPort?: number | undefined;
  readonly containerPort: number;
  readonly protocol?: string | undefined;
  readonly hostIP?: string | undefined;
}

/** core/v1.ContainerResizePolicy */
export interface ContainerResizePolicy {
  readonly resourceName: string;
  readonly restartPolicy: string;
}

/** core/v1.ContainerRestartRule */
export interface ContainerRestartRule {
  readonly action?: string | undefined;
  readonly exitCodes?: ContainerRestartRuleOnExitCodes | undefined;
}

/** core/v1.ContainerRestartRuleOnExitCodes */
export interface ContainerRestartRuleOnExitCodes {
  readonly operator?: string | undefined;
  readonly values?: readonly number[] | undefined;
}

/** core/v1.ContainerState */
export interface ContainerState {
  readonly waiting?: ContainerStateWaiting | undefined;
  readonly running?: ContainerStateRunning | undefined;
  readonly terminated?: ContainerStateTerminated | undefined;
}

/** core/v1.ContainerStateRunning */
export interface ContainerStateRunning {
  readonly startedAt?: string | undefined;
}

/** core/v1.ContainerStateTerminated */
export interface ContainerStateTerminated {
  readonly exitCode: number;
  readonly signal?: number | undefined;
  readonly reason?: string | undefined;
  readonly message?: string | undefined;
  readonly startedAt?: string | undefined;
  readonly finishedAt?: string | undefined;
  readonly containerID?: string | undefined;
}

/** core/v1.ContainerStateWaiting */
export interface ContainerStateWaiting {
  readonly reason?: string | undefined;
  readonly message?: string | undefined;
}

/** core/v1.ContainerStatus */
export interface ContainerStatus {
  readonly name: string;
  readonly state?: ContainerState | undefined;
  readonly lastState?: ContainerState | undefined;
  readonly ready: boolean;
  readonly restartCount: number;
  readonly image: string;
  readonly imageID: string;
  readonly containerID?: string | undefined;
  readonly started?: boolean | undefined;
  readonly allocatedResources?: Readonly<Record<string, string>> | undefined;
  readonly resources?: ResourceRequirements | undefined;
  readonly volumeMounts?: readonly VolumeMountStatus[] | undefined;
  readonly user?: ContainerUser | undefined;
  readonly allocatedResourcesStatus?: readonly ResourceStatus[] | undefined;
  readonly stopSignal?: string | undefined;
}

/** core/v1.ContainerUser */
export interface ContainerUser {
  readonly linux?: LinuxContainerUser | undefined;
}

/** core/v1.DaemonEndpoint */
export interface DaemonEndpoint {
  readonly Port: number;
}

/** core/v1.DownwardAPIProjection */
export interface DownwardAPIProjection {
  readonly items?: readonly DownwardAPIVolumeFile[] | undefined;
}

/** core/v1.DownwardAPIVolumeFile */
export interface DownwardAPIVolumeFile {
  readonly path: string;
  readonly fieldRef?: ObjectFieldSelector | undefined;
  readonly resourceFieldRef?: ResourceFieldSelector | undefined;
  readonly mode?: number | undefined;
}

/** core/v1.DownwardAPIVolumeSource */
export interface DownwardAPIVolumeSource {
  readonly items?: readonly DownwardAPIVolumeFile[] | undefined;
  readonly defaultMode?: number | undefined;
}

/** core/v1.EmptyDirVolumeSource */
export interface EmptyDirVolumeSource {
  readonly medium?: string | undefined;
  readonly sizeLimit?: string | undefined;
}

/** core/v1.EndpointAddress */
export interface EndpointAddress {
  readonly ip: string;
  readonly hostname?: string | undefined;
  readonly nodeName?: string | undefined;
  readonly targetRef?: ObjectReference | undefined;
}

/** core/v1.EndpointPort */
export interface EndpointPort {
  readonly name?: string | undefined;
  readonly port: number;
  readonly protocol?: string | undefined;
  readonly appProtocol?: string | undefined;
}

/** core/v1.EndpointSubset */
export interface EndpointSubset {
  readonly addresses?: readonly EndpointAddress[] | undefined;
  readonly notReadyAddresses?: readonly EndpointAddress[] | undefined;
  readonly ports?: readonly EndpointPort[] | undefined;
}

/** core/v1.Endpoints */
export interface Endpoints {
  readonly kind?: string | undefined;
  readonly apiVersion?: string | undefined;
  readonly metadata: ObjectMeta;
  readonly subsets?: readonly EndpointSubset[] | undefined;
}

/** core/v1.EnvFromSource */
export interface EnvFromSource {
  readonly prefix?: string | undefined;
  readonly configMapRef?: ConfigMapEnvSource | undefined;
  readonly secretRef?: SecretEnvSource | undefined;
}

/** core/v1.EnvVar */
export interface EnvVar {
  readonly name: string;
  readonly value?: string | undefined;
  readonly valueFrom?: EnvVarSource | undefined;
}

/** core/v1.EnvVarSource */
export interface EnvVarSource {
  readonly fieldRef?: ObjectFieldSelector | undefined;
  readonly resourceFieldRef?: ResourceFieldSelector | undefined;
  readonly configMapKeyRef?: ConfigMapKeySelector | undefined;
  readonly secretKeyRef?: SecretKeySelector | undefined;
  readonly fileKeyRef?: FileKeySelector | undefined;
}

/** core/v1.EphemeralContainer */
export interface EphemeralContainer {
  readonly name: string;
  readonly image?: string | undefined;
  readonly command?: readonly string[] | undefined;
  readonly args?: readonly string[] | undefined;
  readonly workingDir?: string | undefined;
  readonly ports?: readonly ContainerPort[] | undefined;
  readonly envFrom?: readonly EnvFromSource[] | undefined;
  readonly env?: readonly EnvVar[] | undefined;
  readonly resources?: ResourceRequirements | undefined;
  readonly resizePolicy?: readonly ContainerResizePolicy[] | undefined;
  readonly restartPolicy?: string | undefined;
  readonly restartPolicyRules?: readonly ContainerRestartRule[] | undefined;
  readonly volumeMounts?: readonly VolumeMount[] | undefined;
  readonly volumeDevices?: readonly VolumeDevice[] | undefined;
  readonly livenessProbe?: Probe | undefined;
  readonly readinessProbe?: Probe | undefined;
  readonly startupProbe?: Probe | undefined;
  readonly lifecycle?: Lifecycle | undefined;
  readonly terminationMessagePath?: string | undefined;
  readonly terminationMessagePolicy?: string | undefined;
  readonly imagePullPolicy?: string | undefined;
  readonly securityContext?: SecurityContext | undefined;
  readonly stdin?: boolean | undefined;
  readonly stdinOnce?: boolean | undefined;
  readonly tty?: boolean | undefined;
  readonly targetContainerName?: string | undefined;
}

/** core/v1.EphemeralContainerCommon */
export interface EphemeralContainerCommon {
  readonly name: string;
  readonly image?: string | undefined;
  readonly command?: readonly string[] | undefined;
  readonly args?: readonly string[] | undefined;
  readonly workingDir?: string | undefined;
  readonly ports?: readonly ContainerPort[] | undefined;
  readonly envFrom?: readonly EnvFromSource[] | undefined;
  readonly env?: readonly EnvVar[] | undefined;
  readonly resources?: ResourceRequirements | undefined;
  readonly resizePolicy?: readonly ContainerResizePolicy[] | undefined;
  readonly restartPolicy?: string | undefined;
  readonly restartPolicyRules?: readonly ContainerRestartRule[] | undefined;
  readonly volumeMounts?: readonly VolumeMount[] | undefined;
  readonly volumeDevices?: readonly VolumeDevice[] | undefined;
  readonly livenessProbe?: Probe | undefined;
  readonly readinessProbe?: Probe | undefined;
  readonly startupProbe?: Probe | undefined;
  readonly lifecycle?: Lifecycle | undefined;
  readonly terminationMessagePath?: string | undefined;
  readonly terminationMessagePolicy?: string | undefined;
  readonly imagePullPolicy?: string | undefined;
  readonly securityContext?: SecurityContext | undefined;
  readonly stdin?: boolean | undefined;
  readonly stdinOnce?: boolean | undefined;
  readonly tty?: boolean | undefined;
}

/** core/v1.EphemeralVolumeSource */
export interface EphemeralVolumeSource {
  readonly volumeClaimTemplate?: PersistentVolumeClaimTemplate | undefined;
}

/** core/v1.Event */
export interface Event {
  readonly kind?: string | undefined;
  readonly apiVersion?: string | undefined;
  readonly metadata: ObjectMeta;
  readonly involvedObject?: ObjectReference | undefined;
  readonly reason?: string | undefined;
  readonly message?: string | undefined;
  readonly source?: EventSource | undefined;
  readonly firstTimestamp?: string | undefined;
  readonly lastTimestamp?: string | undefined;
  readonly count?: number | undefined;
  readonly type?: string | undefined;
  readonly eventTime?: string | undefined;
  readonly series?: EventSeries | undefined;
  readonly action?: string | undefined;
  readonly related?: ObjectReference | undefined;
  readonly reportingComponent: string;
  readonly reportingInstance: string;
}

/** core/v1.EventSeries */
export interface EventSeries {
  readonly count?: number | undefined;
  readonly lastObservedTime?: string | undefined;
}

/** core/v1.EventSource */
export interface EventSource {
  readonly component?: string | undefined;
  readonly host?: string | undefined;
}

/** core/v1.ExecAction */
export interface ExecAction {
  readonly command?: readonly string[] | undefined;
}

/** core/v1.FCVolumeSource */
export interface FCVolumeSource {
  readonly targetWWNs?: readonly string[] | undefined;
  readonly lun?: number | undefined;
  readonly fsType?: string | undefined;
  readonly readOnly?: boolean | undefined;
  readonly wwids?: readonly string[] | undefined;
}

/** core/v1.FileKeySelector */
export interface FileKeySelector {
  readonly volumeName: string;
  readonly path: string;
  readonly key: string;
  readonly optional?: boolean | undefined;
}

/** core/v1.FlexPersistentVolumeSource */
export interface FlexPersistentVolumeSource {
  readonly driver: string;
  readonly fsType?: string | undefined;
  readonly secretRef?: SecretReference | undefined;
  readonly readOnly?: boolean | undefined;
  readonly options?: Readonly<Record<string, string>> | undefined;
}

/** core/v1.FlexVolumeSource */
export interface FlexVolumeSource {
  readonly driver: string;
  readonly fsType?: string | undefined;
  readonly secretRef?: LocalObjectReference | undefined;
  readonly readOnly?: boolean | undefined;
  readonly options?: Readonly<Record<string, string>> | undefined;
}

/** core/v1.FlockerVolumeSource */
export interface FlockerVolumeSource {
  readonly datasetName?: string | undefined;
  readonly datasetUUID?: string | undefined;
}

/** core/v1.GCEPersistentDiskVolumeSource */
export interface GCEPersistentDiskVolumeSource {
  readonly pdName: string;
  readonly fsType?: string | undefined;
  readonly partition?: number | undefined;
  readonly readOnly?: boolean | undefined;
}

/** core/v1.GRPCAction */
export interface GRPCAction {
  readonly port: number;
  readonly service: string;
}

/** core/v1.GitRepoVolumeSource */
export interface GitRepoVolumeSource {
  readonly repository: string;
  readonly revision?: string | undefined;
  readonly directory?: string | undefined;
}

/** core/v1.GlusterfsPersistentVolumeSource */
export interface GlusterfsPersistentVolumeSource {
  readonly endpoints: string;
  readonly path: string;
  readonly readOnly?: boolean | undefined;
  readonly endpointsNamespace?: string | undefined;
}

/** core/v1.GlusterfsVolumeSource */
export interface GlusterfsVolumeSource {
  readonly endpoints: string;
  readonly path: string;
  readonly readOnly?: boolean | undefined;
}

/** core/v1.HTTPGetAction */
export interface HTTPGetAction {
  readonly path?: string | undefined;
  readonly port: number | string;
  readonly host?: string | undefined;
  readonly scheme?: string | undefined;
  readonly httpHeaders?: readonly HTTPHeader[] | undefined;
}

/** core/v1.HTTPHeader */
export interface HTTPHeader {
  readonly name: string;
  readonly value: string;
}

/** core/v1.HostAlias */
export interface HostAlias {
  readonly ip: string;
  readonly hostnames?: readonly string[] | undefined;
}

/** core/v1.HostIP */
export interface HostIP {
  readonly ip: string;
}

/** core/v1.HostPathVolumeSource */
export interface HostPathVolumeSource {
  readonly path: string;
  readonly type?: string | undefined;
}

/** core/v1.ISCSIPersistentVolumeSource */
export interface ISCSIPersistentVolumeSource {
  readonly targetPortal: string;
  readonly iqn: string;
  readonly lun: number;
  readonly iscsiInterface?: string | undefined;
  readonly fsType?: string | undefined;
  readonly readOnly?: boolean | undefined;
  readonly portals?: readonly string[] | undefined;
  readonly chapAuthDiscovery?: boolean | undefined;
  readonly chapAuthSession?: boolean | undefined;
  readonly secretRef?: SecretReference | undefined;
  readonly initiatorName?: string | undefined;
}

/** core/v1.ISCSIVolumeSource */
export interface ISCSIVolumeSource {
  readonly targetPortal: string;
  readonly iqn: string;
  readonly lun: number;
  readonly iscsiInterface?: string | undefined;
  readonly fsType?: string | undefined;
  readonly readOnly?: boolean | undefined;
  readonly portals?: readonly string[] | undefined;
  readonly chapAuthDiscovery?: boolean | undefined;
  readonly chapAuthSession?: boolean | undefined;
  readonly secretRef?: LocalObjectReference | undefined;
  readonly initiatorName?: string | undefined;
}

/** core/v1.ImageVolumeSource */
export interface ImageVolumeSource {
  readonly reference?: string | undefined;
  readonly pullPolicy?: string | undefined;
}

/** core/v1.KeyToPath */
export interface KeyToPath {
  readonly key: string;
  readonly path: string;
  readonly mode?: number | undefined;
}

/** core/v1.Lifecycle */
export interface Lifecycle {
  readonly postStart?: LifecycleHandler | undefined;
  readonly preStop?: LifecycleHandler | undefined;
  readonly stopSignal?: string | undefined;
}

/** core/v1.LifecycleHandler */
export interface LifecycleHandler {
  readonly exec?: ExecAction | undefined;
  readonly httpGet?: HTTPGetAction | undefined;
  readonly tcpSocket?: TCPSocketAction | undefined;
  readonly sleep?: SleepAction | undefined;
}

/** core/v1.LimitRange */
export interface LimitRange {
  readonly kind?: string | undefined;
  readonly apiVersion?: string | undefined;
  readonly metadata: ObjectMeta;
  readonly spec: LimitRangeSpec;
}

/** core/v1.LimitRangeItem */
export interface LimitRangeItem {
  readonly type: string;
  readonly max?: Readonly<Record<string, string>> | undefined;
  readonly min?: Readonly<Record<string, string>> | undefined;
  readonly default?: Readonly<Record<string, string>> | undefined;
  readonly defaultRequest?: Readonly<Record<string, string>> | undefined;
  readonly maxLimitRequestRatio?: Readonly<Record<string, string>> | undefined;
}

/** core/v1.LimitRangeSpec */
export interface LimitRangeSpec {
  readonly limits: readonly LimitRangeItem[];
}

/** core/v1.LinuxContainerUser */
export interface LinuxContainerUser {
  readonly uid: number;
  readonly gid: number;
  readonly supplementalGroups?: readonly number[] | undefined;
}

/** core/v1.LoadBalancerIngress */
export interface LoadBalancerIngress {
  readonly ip?: string | undefined;
  readonly hostname?: string | undefined;
  readonly ipMode?: string | undefined;
  readonly ports?: readonly PortStatus[] | undefined;
}

/** core/v1.LoadBalancerStatus */
export interface LoadBalancerStatus {
  readonly ingress?: readonly LoadBalancerIngress[] | undefined;
}

/** core/v1.LocalObjectReference */
export interface LocalObjectReference {
  readonly name?: string | undefined;
}

/** core/v1.LocalVolumeSource */
export interface LocalVolumeSource {
  readonly path: string;
  readonly fsType?: string | undefined;
}

/** core/v1.ModifyVolumeStatus */
export interface ModifyVolumeStatus {
  readonly targetVolumeAttributesClassName?: string | undefined;
  readonly status: string;
}

/** core/v1.NFSVolumeSource */
export interface NFSVolumeSource {
  readonly server: string;
  readonly path: string;
  readonly readOnly?: boolean | undefined;
}

/** core/v1.Namespace */
export interface Namespace {
  readonly kind?: string | undefined;
  readonly apiVersion?: string | undefined;
  readonly metadata: ObjectMeta;
  readonly spec: NamespaceSpec;
  readonly status?: NamespaceStatus | undefined;
}

/** core/v1.NamespaceCondition */
export interface NamespaceCondition {
  readonly type: string;
  readonly status: string;
  readonly lastTransitionTime?: string | undefined;
  readonly reason?: string | undefined;
  readonly message?: string | undefined;
}

/** core/v1.NamespaceSpec */
export interface NamespaceSpec {
  readonly finalizers?: readonly string[] | undefined;
}

/** core/v1.NamespaceStatus */
export interface NamespaceStatus {
  readonly phase?: string | undefined;
  readonly conditions?: readonly NamespaceCondition[] | undefined;
}

/** core/v1.Node */
export interface Node {
  readonly kind?: string | undefined;
  readonly apiVersion?: string | undefined;
  readonly metadata: ObjectMeta;
  readonly spec: NodeSpec;
  readonly status?: NodeStatus | undefined;
}

/** core/v1.NodeAddress */
export interface NodeAddress {
  readonly type: string;
  readonly address: string;
}

/** core/v1.NodeAffinity */
export interface NodeAffinity {
  readonly requiredDuringSchedulingIgnoredDuringExecution?: NodeSelector | undefined;
  readonly preferredDuringSchedulingIgnoredDuringExecution?: readonly PreferredSchedulingTerm[] | undefined;
}

/** core/v1.NodeCondition */
export interface NodeCondition {
  readonly type: string;
  readonly status: string;
  readonly lastHeartbeatTime?: string | undefined;
  readonly lastTransitionTime?: string | undefined;
  readonly reason?: string | undefined;
  readonly message?: string | undefined;
}

/** core/v1.NodeConfigSource */
export interface NodeConfigSource {
  readonly configMap?: ConfigMapNodeConfigSource | undefined;
}

/** core/v1.NodeConfigStatus */
export interface NodeConfigStatus {
  readonly assigned?: NodeConfigSource | undefined;
  readonly active?: NodeConfigSource | undefined;
  readonly lastKnownGood?: NodeConfigSource | undefined;
  readonly error?: string | undefined;
}

/** core/v1.NodeDaemonEndpoints */
export interface NodeDaemonEndpoints {
  readonly kubeletEndpoint?: DaemonEndpoint | undefined;
}

/** core/v1.NodeFeatures */
export interface NodeFeatures {
  readonly supplementalGroupsPolicy?: boolean | undefined;
}

/** core/v1.NodeRuntimeHandler */
export interface NodeRuntimeHandler {
  readonly name: string;
  readonly features?: NodeRuntimeHandlerFeatures | undefined;
}

/** core/v1.NodeRuntimeHandlerFeatures */
export interface NodeRuntimeHandlerFeatures {
  readonly recursiveReadOnlyMounts?: boolean | undefined;
  readonly userNamespaces?: boolean | undefined;
}

/** core/v1.NodeSelector */
export interface NodeSelector {
  readonly nodeSelectorTerms: readonly NodeSelectorTerm[];
}

/** core/v1.NodeSelectorRequirement */
export interface NodeSelectorRequirement {
  readonly key: string;
  readonly operator: string;
  readonly values?: readonly string[] | undefined;
}

/** core/v1.NodeSelectorTerm */
export interface NodeSelectorTerm {
  readonly matchExpressions?: readonly NodeSelectorRequirement[] | undefined;
  readonly matchFields?: readonly NodeSelectorRequirement[] | undefined;
}

/** core/v1.NodeSpec */
export interface NodeSpec {
  readonly podCIDR?: string | undefined;
  readonly podCIDRs?: readonly string[] | undefined;
  readonly providerID?: string | undefined;
  readonly unschedulable?: boolean | undefined;
  readonly taints?: readonly Taint[] | undefined;
  readonly configSource?: NodeConfigSource | undefined;
  readonly externalID?: string | undefined;
}

/** core/v1.NodeStatus */
export interface NodeStatus {
  readonly capacity?: Readonly<Record<string, string>> | undefined;
  readonly allocatable?: Readonly<Record<string, string>> | undefined;
  readonly phase?: string | undefined;
  readonly conditions?: readonly NodeCondition[] | undefined;
  readonly addresses?: readonly NodeAddress[] | undefined;
  readonly daemonEndpoints?: NodeDaemonEndpoints | undefined;
  readonly nodeInfo?: NodeSystemInfo | undefined;
  readonly images?: readonly ContainerImage[] | undefined;
  readonly volumesInUse?: readonly string[] | undefined;
  readonly volumesAttached?: readonly AttachedVolume[] | undefined;
  readonly config?: NodeConfigStatus | undefined;
  readonly runtimeHandlers?: readonly NodeRuntimeHandler[] | undefined;
  readonly features?: NodeFeatures | undefined;
  readonly declaredFeatures?: readonly string[] | undefined;
}

/** core/v1.NodeSwapStatus */
export interface NodeSwapStatus {
  readonly capacity?: number | undefined;
}

/** core/v1.NodeSystemInfo */
export interface NodeSystemInfo {
  readonly machineID: string;
  readonly systemUUID: string;
  readonly bootID: string;
  readonly kernelVersion: string;
  readonly osImage: string;
  readonly containerRuntimeVersion: string;
  readonly kubeletVersion: string;
  readonly kubeProxyVersion: string;
  readonly operatingSystem: string;
  readonly architecture: string;
  readonly swap?: NodeSwapStatus | undefined;
}

/** core/v1.ObjectFieldSelector */
export interface ObjectFieldSelector {
  readonly apiVersion?: string | undefined;
  readonly fieldPath: string;
}

/** core/v1.ObjectReference */
export interface ObjectReference {
  readonly kind?: string | undefined;
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
  readonly uid?: string | undefined;
  readonly apiVersion?: string | undefined;
  readonly resourceVersion?: string | undefined;
  readonly fieldPath?: string | undefined;
}

/** core/v1.PersistentVolume */
export interface PersistentVolume {
  readonly kind?: string | undefined;
  readonly apiVersion?: string | undefined;
  readonly metadata: ObjectMeta;
  readonly spec: PersistentVolumeSpec;
  readonly status?: PersistentVolumeStatus | undefined;
}

/** core/v1.PersistentVolumeClaim */
export interface PersistentVolumeClaim {
  readonly kind?: string | undefined;
  readonly apiVersion?: string | undefined;
  readonly metadata: ObjectMeta;
  readonly spec: PersistentVolumeClaimSpec;
  readonly status?: PersistentVolumeClaimStatus | undefined;
}

/** core/v1.PersistentVolumeClaimCondition */
export interface PersistentVolumeClaimCondition {
  readonly type: string;
  readonly status: string;
  readonly lastProbeTime?: string | undefined;
  readonly lastTransitionTime?: string | undefined;
  readonly reason?: string | undefined;
  readonly message?: string | undefined;
}

/** core/v1.PersistentVolumeClaimSpec */
export interface PersistentVolumeClaimSpec {
  readonly accessModes?: readonly string[] | undefined;
  readonly selector?: LabelSelector | undefined;
  readonly resources?: VolumeResourceRequirements | undefined;
  readonly volumeName?: string | undefined;
  readonly storageClassName?: string | undefined;
  readonly volumeMode?: string | undefined;
  readonly dataSource?: TypedLocalObjectReference | undefined;
  readonly dataSourceRef?: TypedObjectReference | undefined;
  readonly volumeAttributesClassName?: string | undefined;
}

/** core/v1.PersistentVolumeClaimStatus */
export interface PersistentVolumeClaimStatus {
  readonly phase?: string | undefined;
  readonly accessModes?: readonly string[] | undefined;
  readonly capacity?: Readonly<Record<string, string>> | undefined;
  readonly conditions?: readonly PersistentVolumeClaimCondition[] | undefined;
  readonly allocatedResources?: Readonly<Record<string, string>> | undefined;
  readonly allocatedResourceStatuses?: Readonly<Record<string, string>> | undefined;
  readonly currentVolumeAttributesClassName?: string | undefined;
  readonly modifyVolumeStatus?: ModifyVolumeStatus | undefined;
}

/** core/v1.PersistentVolumeClaimTemplate */
export interface PersistentVolumeClaimTemplate {
  readonly metadata?: ObjectMeta | undefined;
  readonly spec: PersistentVolumeClaimSpec;
}

/** core/v1.PersistentVolumeClaimVolumeSource */
export interface PersistentVolumeClaimVolumeSource {
  readonly claimName: string;
  readonly readOnly?: boolean | undefined;
}

/** core/v1.PersistentVolumeSource */
export interface PersistentVolumeSource {
  readonly gcePersistentDisk?: GCEPersistentDiskVolumeSource | undefined;
  readonly awsElasticBlockStore?: AWSElasticBlockStoreVolumeSource | undefined;
  readonly hostPath?: HostPathVolumeSource | undefined;
  readonly glusterfs?: GlusterfsPersistentVolumeSource | undefined;
  readonly nfs?: NFSVolumeSource | undefined;
  readonly rbd?: RBDPersistentVolumeSource | undefined;
  readonly iscsi?: ISCSIPersistentVolumeSource | undefined;
  readonly cinder?: CinderPersistentVolumeSource | undefined;
  readonly cephfs?: CephFSPersistentVolumeSource | undefined;
  readonly fc?: FCVolumeSource | undefined;
  readonly flocker?: FlockerVolumeSource | undefined;
  readonly flexVolume?: FlexPersistentVolumeSource | undefined;
  readonly azureFile?: AzureFilePersistentVolumeSource | undefined;
  readonly vsphereVolume?: VsphereVirtualDiskVolumeSource | undefined;
  readonly quobyte?: QuobyteVolumeSource | undefined;
  readonly azureDisk?: AzureDiskVolumeSource | undefined;
  readonly photonPersistentDisk?: PhotonPersistentDiskVolumeSource | undefined;
  readonly portworxVolume?: PortworxVolumeSource | undefined;
  readonly scaleIO?: ScaleIOPersistentVolumeSource | undefined;
  readonly local?: LocalVolumeSource | undefined;
  readonly storageos?: StorageOSPersistentVolumeSource | undefined;
  readonly csi?: CSIPersistentVolumeSource | undefined;
}

/** core/v1.PersistentVolumeSpec */
export interface PersistentVolumeSpec {
  readonly capacity?: Readonly<Record<string, string>> | undefined;
  readonly gcePersistentDisk?: GCEPersistentDiskVolumeSource | undefined;
  readonly awsElasticBlockStore?: AWSElasticBlockStoreVolumeSource | undefined;
  readonly hostPath?: HostPathVolumeSource | undefined;
  readonly glusterfs?: GlusterfsPersistentVolumeSource | undefined;
  readonly nfs?: NFSVolumeSource | undefined;
  readonly rbd?: RBDPersistentVolumeSource | undefined;
  readonly iscsi?: ISCSIPersistentVolumeSource | undefined;
  readonly cinder?: CinderPersistentVolumeSource | undefined;
  readonly cephfs?: CephFSPersistentVolumeSource | undefined;
  readonly fc?: FCVolumeSource | undefined;
  readonly flocker?: FlockerVolumeSource | undefined;
  readonly flexVolume?: FlexPersistentVolumeSource | undefined;
  readonly azureFile?: AzureFilePersistentVolumeSource | undefined;
  readonly vsphereVolume?: VsphereVirtualDiskVolumeSource | undefined;
  readonly quobyte?: QuobyteVolumeSource | undefined;
  readonly azureDisk?: AzureDiskVolumeSource | undefined;
  readonly photonPersistentDisk?: PhotonPersistentDiskVolumeSource | undefined;
  readonly portworxVolume?: PortworxVolumeSource | undefined;
  readonly scaleIO?: ScaleIOPersistentVolumeSource | undefined;
  readonly local?: LocalVolumeSource | undefined;
  readonly storageos?: StorageOSPersistentVolumeSource | undefined;
  readonly csi?: CSIPersistentVolumeSource | undefined;
  readonly accessModes?: readonly string[] | undefined;
  readonly claimRef?: ObjectReference | undefined;
  readonly persistentVolumeReclaimPolicy?: string | undefined;
  readonly storageClassName?: string | undefined;
  readonly mountOptions?: readonly string[] | undefined;
  readonly volumeMode?: string | undefined;
  readonly nodeAffinity?: VolumeNodeAffinity | undefined;
  readonly volumeAttributesClassName?: string | undefined;
}

/** core/v1.PersistentVolumeStatus */
export interface PersistentVolumeStatus {
  readonly phase?: string | undefined;
  readonly message?: string | undefined;
  readonly reason?: string | undefined;
  readonly lastPhaseTransitionTime?: string | undefined;
}

/** core/v1.PhotonPersistentDiskVolumeSource */
export interface PhotonPersistentDiskVolumeSource {
  readonly pdID: string;
  readonly fsType?: string | undefined;
}

/** core/v1.Pod */
export interface Pod {
  readonly kind?: string | undefined;
  readonly apiVersion?: string | undefined;
  readonly metadata: ObjectMeta;
  readonly spec: PodSpec;
  readonly status?: PodStatus | undefined;
}

/** core/v1.PodAffinity */
export interface PodAffinity {
  readonly requiredDuringSchedulingIgnoredDuringExecution?: readonly PodAffinityTerm[] | undefined;
  readonly preferredDuringSchedulingIgnoredDuringExecution?: readonly WeightedPodAffinityTerm[] | undefined;
}

/** core/v1.PodAffinityTerm */
export interface PodAffinityTerm {
  readonly labelSelector?: LabelSelector | undefined;
  readonly namespaces?: readonly string[] | undefined;
  readonly topologyKey: string;
  readonly namespaceSelector?: LabelSelector | undefined;
  readonly matchLabelKeys?: readonly string[] | undefined;
  readonly mismatchLabelKeys?: readonly string[] | undefined;
}

/** core/v1.PodAntiAffinity */
export interface PodAntiAffinity {
  readonly requiredDuringSchedulingIgnoredDuringExecution?: readonly PodAffinityTerm[] | undefined;
  readonly preferredDuringSchedulingIgnoredDuringExecution?: readonly WeightedPodAffinityTerm[] | undefined;
}

/** core/v1.PodCertificateProjection */
export interface PodCertificateProjection {
  readonly signerName?: string | undefined;
  readonly keyType?: string | undefined;
  readonly maxExpirationSeconds?: number | undefined;
  readonly credentialBundlePath?: string | undefined;
  readonly keyPath?: string | undefined;
  readonly certificateChainPath?: string | undefined;
  readonly userAnnotations?: Readonly<Record<string, string>> | undefined;
}

/** core/v1.PodCondition */
export interface PodCondition {
  readonly type: string;
  readonly observedGeneration?: number | undefined;
  readonly status: string;
  readonly lastProbeTime?: string | undefined;
  readonly lastTransitionTime?: string | undefined;
  readonly reason?: string | undefined;
  readonly message?: string | undefined;
}

/** core/v1.PodDNSConfig */
export interface PodDNSConfig {
  readonly nameservers?: readonly string[] | undefined;
  readonly searches?: readonly string[] | undefined;
  readonly options?: readonly PodDNSConfigOption[] | undefined;
}

/** core/v1.PodDNSConfigOption */
export interface PodDNSConfigOption {
  readonly name?: string | undefined;
  readonly value?: string | undefined;
}

/** core/v1.PodExtendedResourceClaimStatus */
export interface PodExtendedResourceClaimStatus {
  readonly requestMappings: readonly ContainerExtendedResourceRequest[];
  readonly resourceClaimName: string;
}

/** core/v1.PodIP */
export interface PodIP {
  readonly ip: string;
}

/** core/v1.PodOS */
export interface PodOS {
  readonly name: string;
}

/** core/v1.PodReadinessGate */
export interface PodReadinessGate {
  readonly conditionType: string;
}

/** core/v1.PodResourceClaim */
export interface PodResourceClaim {
  readonly name: string;
  readonly resourceClaimName?: string | undefined;
  readonly resourceClaimTemplateName?: string | undefined;
}

/** core/v1.PodResourceClaimStatus */
export interface PodResourceClaimStatus {
  readonly name: string;
  readonly resourceClaimName?: string | undefined;
}

/** core/v1.PodSchedulingGate */
export interface PodSchedulingGate {
  readonly name: string;
}

/** core/v1.PodSecurityContext */
export interface PodSecurityContext {
  readonly seLinuxOptions?: SELinuxOptions | undefined;
  readonly windowsOptions?: WindowsSecurityContextOptions | undefined;
  readonly runAsUser?: number | undefined;
  readonly runAsGroup?: number | undefined;
  readonly runAsNonRoot?: boolean | undefined;
  readonly supplementalGroups?: readonly number[] | undefined;
  readonly supplementalGroupsPolicy?: string | undefined;
  readonly fsGroup?: number | undefined;
  readonly sysctls?: readonly Sysctl[] | undefined;
  readonly fsGroupChangePolicy?: string | undefined;
  readonly seccompProfile?: SeccompProfile | undefined;
  readonly appArmorProfile?: AppArmorProfile | undefined;
  readonly seLinuxChangePolicy?: string | undefined;
}

/** core/v1.PodSpec */
export interface PodSpec {
  readonly volumes?: readonly Volume[] | undefined;
  readonly initContainers?: readonly Container[] | undefined;
  readonly containers: readonly Container[];
  readonly ephemeralContainers?: readonly EphemeralContainer[] | undefined;
  readonly restartPolicy?: string | undefined;
  readonly terminationGracePeriodSeconds?: number | undefined;
  readonly activeDeadlineSeconds?: number | undefined;
  readonly dnsPolicy?: string | undefined;
  readonly nodeSelector?: Readonly<Record<string, string>> | undefined;
  readonly serviceAccountName?: string | undefined;
  readonly serviceAccount?: string | undefined;
  readonly automountServiceAccountToken?: boolean | undefined;
  readonly nodeName?: string | undefined;
  readonly hostNetwork?: boolean | undefined;
  readonly hostPID?: boolean | undefined;
  readonly hostIPC?: boolean | undefined;
  readonly shareProcessNamespace?: boolean | undefined;
  readonly securityContext?: PodSecurityContext | undefined;
  readonly imagePullSecrets?: readonly LocalObjectReference[] | undefined;
  readonly hostname?: string | undefined;
  readonly subdomain?: string | undefined;
  readonly affinity?: Affinity | undefined;
  readonly schedulerName?: string | undefined;
  readonly tolerations?: readonly Toleration[] | undefined;
  readonly hostAliases?: readonly HostAlias[] | undefined;
  readonly priorityClassName?: string | undefined;
  readonly priority?: number | undefined;
  readonly dnsConfig?: PodDNSConfig | undefined;
  readonly readinessGates?: readonly PodReadinessGate[] | undefined;
  readonly runtimeClassName?: string | undefined;
  readonly enableServiceLinks?: boolean | undefined;
  readonly preemptionPolicy?: string | undefined;
  readonly overhead?: Readonly<Record<string, string>> | undefined;
  readonly topologySpreadConstraints?: readonly TopologySpreadConstraint[] | undefined;
  readonly setHostnameAsFQDN?: boolean | undefined;
  readonly os?: PodOS | undefined;
  readonly hostUsers?: boolean | undefined;
  readonly schedulingGates?: readonly PodSchedulingGate[] | undefined;
  readonly resourceClaims?: readonly PodResourceClaim[] | undefined;
  readonly resources?: ResourceRequirements | undefined;
  readonly hostnameOverride?: string | undefined;
  readonly workloadRef?: WorkloadReference | undefined;
}

/** core/v1.PodStatus */
export interface PodStatus {
  readonly observedGeneration?: number | undefined;
  readonly phase?: string | undefined;
  readonly conditions?: readonly PodCondition[] | undefined;
  readonly message?: string | undefined;
  readonly reason?: string | undefined;
  readonly nominatedNodeName?: string | undefined;
  readonly hostIP?: string | undefined;
  readonly hostIPs?: readonly HostIP[] | undefined;
  readonly podIP?: string | undefined;
  readonly podIPs?: readonly PodIP[] | undefined;
  readonly startTime?: string | undefined;
  readonly initContainerStatuses?: readonly ContainerStatus[] | undefined;
  readonly containerStatuses?: readonly ContainerStatus[] | undefined;
  readonly qosClass?: string | undefined;
  readonly ephemeralContainerStatuses?: readonly ContainerStatus[] | undefined;
  readonly resize?: string | undefined;
  readonly resourceClaimStatuses?: readonly PodResourceClaimStatus[] | undefined;
  readonly extendedResourceClaimStatus?: PodExtendedResourceClaimStatus | undefined;
  readonly allocatedResources?: Readonly<Record<string, string>> | undefined;
  readonly resources?: ResourceRequirements | undefined;
}

/** core/v1.PodTemplate */
export interface PodTemplate {
  readonly kind?: string | undefined;
  readonly apiVersion?: string | undefined;
  readonly metadata: ObjectMeta;
  readonly template?: PodTemplateSpec | undefined;
}

/** core/v1.PodTemplateSpec */
export interface PodTemplateSpec {
  readonly metadata?: ObjectMeta | undefined;
  readonly spec: PodSpec;
}

/** core/v1.PortStatus */
export interface PortStatus {
  readonly port: number;
  readonly protocol: string;
  readonly error?: string | undefined;
}

/** core/v1.PortworxVolumeSource */
export interface PortworxVolumeSource {
  readonly volumeID: string;
  readonly fsType?: string | undefined;
  readonly readOnly?: boolean | undefined;
}

/** core/v1.PreferredSchedulingTerm */
export interface PreferredSchedulingTerm {
  readonly weight: number;
  readonly preference?: NodeSelectorTerm | undefined;
}

/** core/v1.Probe */
export interface Probe {
  readonly exec?: ExecAction | undefined;
  readonly httpGet?: HTTPGetAction | undefined;
  readonly tcpSocket?: TCPSocketAction | undefined;
  readonly grpc?: GRPCAction | undefined;
  readonly initialDelaySeconds?: number | undefined;
  readonly timeoutSeconds?: number | undefined;
  readonly periodSeconds?: number | undefined;
  readonly successThreshold?: number | undefined;
  readonly failureThreshold?: number | undefined;
  readonly terminationGracePeriodSeconds?: number | undefined;
}

/** core/v1.ProbeHandler */
export interface ProbeHandler {
  readonly exec?: ExecAction | undefined;
  readonly httpGet?: HTTPGetAction | undefined;
  readonly tcpSocket?: TCPSocketAction | undefined;
  readonly grpc?: GRPCAction | undefined;
}

/** core/v1.ProjectedVolumeSource */
export interface ProjectedVolumeSource {
  readonly sources: readonly VolumeProjection[];
  readonly defaultMode?: number | undefined;
}

/** core/v1.QuobyteVolumeSource */
export interface QuobyteVolumeSource {
  readonly registry: string;
  readonly volume: string;
  readonly readOnly?: boolean | undefined;
  readonly user?: string | undefined;
  readonly group?: string | undefined;
  readonly tenant?: string | undefined;
}

/** core/v1.RBDPersistentVolumeSource */
export interface RBDPersistentVolumeSource {
  readonly monitors: readonly string[];
  readonly image: string;
  readonly fsType?: string | undefined;
  readonly pool?: string | undefined;
  readonly user?: string | undefined;
  readonly keyring?: string | undefined;
  readonly secretRef?: SecretReference | undefined;
  readonly readOnly?: boolean | undefined;
}

/** core/v1.RBDVolumeSource */
export interface RBDVolumeSource {
  readonly monitors: readonly string[];
  readonly image: string;
  readonly fsType?: string | undefined;
  readonly pool?: string | undefined;
  readonly user?: string | undefined;
  readonly keyring?: string | undefined;
  readonly secretRef?: LocalObjectReference | undefined;
  readonly readOnly?: boolean | undefined;
}

/** core/v1.RangeAllocation */
export interface RangeAllocation {
  readonly kind?: string | undefined;
  readonly apiVersion?: string | undefined;
  readonly metadata: ObjectMeta;
  readonly range: string;
  readonly data: string;
}

/** core/v1.ReplicationController */
export interface ReplicationController {
  readonly kind?: string | undefined;
  readonly apiVersion?: string | undefined;
  readonly metadata: ObjectMeta;
  readonly spec: ReplicationControllerSpec;
  readonly status?: ReplicationControllerStatus | undefined;
}

/** core/v1.ReplicationControllerCondition */
export interface ReplicationControllerCondition {
  readonly type: string;
  readonly status: string;
  readonly lastTransitionTime?: string | undefined;
  readonly reason?: string | undefined;
  readonly message?: string | undefined;
}

/** core/v1.ReplicationControllerSpec */
export interface ReplicationControllerSpec {
  readonly replicas?: number | undefined;
  readonly minReadySeconds?: number | undefined;
  readonly selector?: Readonly<Record<string, string>> | undefined;
  readonly template?: PodTemplateSpec | undefined;
}

/** core/v1.ReplicationControllerStatus */
export interface ReplicationControllerStatus {
  readonly replicas: number;
  readonly fullyLabeledReplicas?: number | undefined;
  readonly readyReplicas?: number | undefined;
  readonly availableReplicas?: number | undefined;
  readonly observedGeneration?: number | undefined;
  readonly conditions?: readonly ReplicationControllerCondition[] | undefined;
}

/** core/v1.ResourceClaim */
export interface ResourceClaim {
  readonly name: string;
  readonly request?: string | undefined;
}

/** core/v1.ResourceFieldSelector */
export interface ResourceFieldSelector {
  readonly containerName?: string | undefined;
  readonly resource: string;
  readonly divisor?: string | undefined;
}

/** core/v1.ResourceHealth */
export interface ResourceHealth {
  readonly resourceID: string;
  readonly health?: string | undefined;
}

/** core/v1.ResourceQuota */
export interface ResourceQuota {
  readonly kind?: string | undefined;
  readonly apiVersion?: string | undefined;
  readonly metadata: ObjectMeta;
  readonly spec: ResourceQuotaSpec;
  readonly status?: ResourceQuotaStatus | undefined;
}

/** core/v1.ResourceQuotaSpec */
export interface ResourceQuotaSpec {
  readonly hard?: Readonly<Record<string, string>> | undefined;
  readonly scopes?: readonly string[] | undefined;
  readonly scopeSelector?: ScopeSelector | undefined;
}

/** core/v1.ResourceQuotaStatus */
export interface ResourceQuotaStatus {
  readonly hard?: Readonly<Record<string, string>> | undefined;
  readonly used?: Readonly<Record<string, string>> | undefined;
}

/** core/v1.ResourceRequirements */
export interface ResourceRequirements {
  readonly limits?: Readonly<Record<string, string>> | undefined;
  readonly requests?: Readonly<Record<string, string>> | undefined;
  readonly claims?: readonly ResourceClaim[] | undefined;
}

/** core/v1.ResourceStatus */
export interface ResourceStatus {
  readonly name: string;
  readonly resources?: readonly ResourceHealth[] | undefined;
}

/** core/v1.SELinuxOptions */
export interface SELinuxOptions {
  readonly user?: string | undefined;
  readonly role?: string | undefined;
  readonly type?: string | undefined;
  readonly level?: string | undefined;
}

/** core/v1.ScaleIOPersistentVolumeSource */
export interface ScaleIOPersistentVolumeSource {
  readonly gateway: string;
  readonly system: string;
  readonly secretRef: SecretReference;
  readonly sslEnabled?: boolean | undefined;
  readonly protectionDomain?: string | undefined;
  readonly storagePool?: string | undefined;
  readonly storageMode?: string | undefined;
  readonly volumeName?: string | undefined;
  readonly fsType?: string | undefined;
  readonly readOnly?: boolean | undefined;
}

/** core/v1.ScaleIOVolumeSource */
export interface ScaleIOVolumeSource {
  readonly gateway: string;
  readonly system: string;
  readonly secretRef: LocalObjectReference;
  readonly sslEnabled?: boolean | undefined;
  readonly protectionDomain?: string | undefined;
  readonly storagePool?: string | undefined;
  readonly storageMode?: string | undefined;
  readonly volumeName?: string | undefined;
  readonly fsType?: string | undefined;
  readonly readOnly?: boolean | undefined;
}

/** core/v1.ScopeSelector */
export interface ScopeSelector {
  readonly matchExpressions?: readonly ScopedResourceSelectorRequirement[] | undefined;
}

/** core/v1.ScopedResourceSelectorRequirement */
export interface ScopedResourceSelectorRequirement {
  readonly scopeName: string;
  readonly operator: string;
  readonly values?: readonly string[] | undefined;
}

/** core/v1.SeccompProfile */
export interface SeccompProfile {
  readonly type: string;
  readonly localhostProfile?: string | undefined;
}

/** core/v1.Secret */
export interface Secret {
  readonly kind?: string | undefined;
  readonly apiVersion?: string | undefined;
  readonly metadata: ObjectMeta;
  readonly immutable?: boolean | undefined;
  readonly data?: Readonly<Record<string, string>> | undefined;
  readonly stringData?: Readonly<Record<string, string>> | undefined;
  readonly type?: string | undefined;
}

/** core/v1.SecretEnvSource */
export interface SecretEnvSource {
  readonly name?: string | undefined;
  readonly optional?: boolean | undefined;
}

/** core/v1.SecretKeySelector */
export interface SecretKeySelector {
  readonly name?: string | undefined;
  readonly key: string;
  readonly optional?: boolean | undefined;
}

/** core/v1.SecretProjection */
export interface SecretProjection {
  readonly name?: string | undefined;
  readonly items?: readonly KeyToPath[] | undefined;
  readonly optional?: boolean | undefined;
}

/** core/v1.SecretReference */
export interface SecretReference {
  readonly name?: string | undefined;
  readonly namespace?: string | undefined;
}

/** core/v1.SecretVolumeSource */
export interface SecretVolumeSource {
  readonly secretName?: string | undefined;
  readonly items?: readonly KeyToPath[] | undefined;
  readonly defaultMode?: number | undefined;
  readonly optional?: boolean | undefined;
}

/** core/v1.SecurityContext */
export interface SecurityContext {
  readonly capabilities?: Capabilities | undefined;
  readonly privileged?: boolean | undefined;
  readonly seLinuxOptions?: SELinuxOptions | undefined;
  readonly windowsOptions?: WindowsSecurityContextOptions | undefined;
  readonly runAsUser?: number | undefined;
  readonly runAsGroup?: number | undefined;
  readonly runAsNonRoot?: boolean | undefined;
  readonly readOnlyRootFilesystem?: boolean | undefined;
  readonly allowPrivilegeEscalation?: boolean | undefined;
  readonly procMount?: string | undefined;
  readonly seccompProfile?: SeccompProfile | undefined;
  readonly appArmorProfile?: AppArmorProfile | undefined;
}

/** core/v1.Service */
export interface Service {
  readonly kind?: string | undefined;
  readonly apiVersion?: string | undefined;
  readonly metadata: ObjectMeta;
  readonly spec: ServiceSpec;
  readonly status?: ServiceStatus | undefined;
}

/** core/v1.ServiceAccount */
export interface ServiceAccount {
  readonly kind?: string | undefined;
  readonly apiVersion?: string | undefined;
  readonly metadata: ObjectMeta;
  readonly secrets?: readonly ObjectReference[] | undefined;
  readonly imagePullSecrets?: readonly LocalObjectReference[] | undefined;
  readonly automountServiceAccountToken?: boolean | undefined;
}

/** core/v1.ServiceAccountTokenProjection */
export interface ServiceAccountTokenProjection {
  readonly audience?: string | undefined;
  readonly expirationSeconds?: number | undefined;
  readonly path: string;
}

/** core/v1.ServicePort */
export interface ServicePort {
  readonly name?: string | undefined;
  readonly protocol?: string | undefined;
  readonly appProtocol?: string | undefined;
  readonly port: number;
  readonly targetPort?: number | string | undefined;
  readonly nodePort?: number | undefined;
}

/** core/v1.ServiceSpec */
export interface ServiceSpec {
  readonly ports?: readonly ServicePort[] | undefined;
  readonly selector?: Readonly<Record<string, string>> | undefined;
  readonly clusterIP?: string | undefined;
  readonly clusterIPs?: readonly string[] | undefined;
  readonly type?: string | undefined;
  readonly externalIPs?: readonly string[] | undefined;
  readonly sessionAffinity?: string | undefined;
  readonly loadBalancerIP?: string | undefined;
  readonly loadBalancerSourceRanges?: readonly string[] | undefined;
  readonly externalName?: string | undefined;
  readonly externalTrafficPolicy?: string | undefined;
  readonly healthCheckNodePort?: number | undefined;
  readonly publishNotReadyAddresses?: boolean | undefined;
  readonly sessionAffinityConfig?: SessionAffinityConfig | undefined;
  readonly ipFamilies?: readonly string[] | undefined;
  readonly ipFamilyPolicy?: string | undefined;
  readonly allocateLoadBalancerNodePorts?: boolean | undefined;
  readonly loadBalancerClass?: string | undefined;
  readonly internalTrafficPolicy?: string | undefined;
  readonly trafficDistribution?: string | undefined;
}

/** core/v1.ServiceStatus */
export interface ServiceStatus {
  readonly loadBalancer?: LoadBalancerStatus | undefined;
  readonly conditions?: readonly Condition[] | undefined;
}

/** core/v1.SessionAffinityConfig */
export interface SessionAffinityConfig {
  readonly clientIP?: ClientIPConfig | undefined;
}

/** core/v1.SleepAction */
export interface SleepAction {
  readonly seconds: number;
}

/** core/v1.StorageOSPersistentVolumeSource */
export interface StorageOSPersistentVolumeSource {
  readonly volumeName?: string | undefined;
  readonly volumeNamespace?: string | undefined;
  readonly fsType?: string | undefined;
  readonly readOnly?: boolean | undefined;
  readonly secretRef?: ObjectReference | undefined;
}

/** core/v1.StorageOSVolumeSource */
export interface StorageOSVolumeSource {
  readonly volumeName?: string | undefined;
  readonly volumeNamespace?: string | undefined;
  readonly fsType?: string | undefined;
  readonly readOnly?: boolean | undefined;
  readonly secretRef?: LocalObjectReference | undefined;
}

/** core/v1.Sysctl */
export interface Sysctl {
  readonly name: string;
  readonly value: string;
}

/** core/v1.TCPSocketAction */
export interface TCPSocketAction {
  readonly port: number | string;
  readonly host?: string | undefined;
}

/** core/v1.Taint */
export interface Taint {
  readonly key: string;
  readonly value?: string | undefined;
  readonly effect: string;
  readonly timeAdded?: string | undefined;
}

/** core/v1.Toleration */
export interface Toleration {
  readonly key?: string | undefined;
  readonly operator?: string | undefined;
  readonly value?: string | undefined;
  readonly effect?: string | undefined;
  readonly tolerationSeconds?: number | undefined;
}

/** core/v1.TopologySelectorLabelRequirement */
export interface TopologySelectorLabelRequirement {
  readonly key: string;
  readonly values: readonly string[];
}

/** core/v1.TopologySelectorTerm */
export interface TopologySelectorTerm {
  readonly matchLabelExpressions?: readonly TopologySelectorLabelRequirement[] | undefined;
}

/** core/v1.TopologySpreadConstraint */
export interface TopologySpreadConstraint {
  readonly maxSkew: number;
  readonly topologyKey: string;
  readonly whenUnsatisfiable: string;
  readonly labelSelector?: LabelSelector | undefined;
  readonly minDomains?: number | undefined;
  readonly nodeAffinityPolicy?: string | undefined;
  readonly nodeTaintsPolicy?: string | undefined;
  readonly matchLabelKeys?: readonly string[] | undefined;
}

/** core/v1.TypedLocalObjectReference */
export interface TypedLocalObjectReference {
  readonly apiGroup: string;
  readonly kind: string;
  readonly name: string;
}

/** core/v1.TypedObjectReference */
export interface TypedObjectReference {
  readonly apiGroup: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string | undefined;
}

/** core/v1.Volume */
export interface Volume {
  readonly name: string;
  readonly hostPath?: HostPathVolumeSource | undefined;
  readonly emptyDir?: EmptyDirVolumeSource | undefined;
  readonly gcePersistentDisk?: GCEPersistentDiskVolumeSource | undefined;
  readonly awsElasticBlockStore?: AWSElasticBlockStoreVolumeSource | undefined;
  readonly gitRepo?: GitRepoVolumeSource | undefined;
  readonly secret?: SecretVolumeSource | undefined;
  readonly nfs?: NFSVolumeSource | undefined;
  readonly iscsi?: ISCSIVolumeSource | undefined;
  readonly glusterfs?: GlusterfsVolumeSource | undefined;
  readonly persistentVolumeClaim?: PersistentVolumeClaimVolumeSource | undefined;
  readonly rbd?: RBDVolumeSource | undefined;
  readonly flexVolume?: FlexVolumeSource | undefined;
  readonly cinder?: CinderVolumeSource | undefined;
  readonly cephfs?: CephFSVolumeSource | undefined;
  readonly flocker?: FlockerVolumeSource | undefined;
  readonly downwardAPI?: DownwardAPIVolumeSource | undefined;
  readonly fc?: FCVolumeSource | undefined;
  readonly azureFile?: AzureFileVolumeSource | undefined;
  readonly configMap?: ConfigMapVolumeSource | undefined;
  readonly vsphereVolume?: VsphereVirtualDiskVolumeSource | undefined;
  readonly quobyte?: QuobyteVolumeSource | undefined;
  readonly azureDisk?: AzureDiskVolumeSource | undefined;
  readonly photonPersistentDisk?: PhotonPersistentDiskVolumeSource | undefined;
  readonly projected?: ProjectedVolumeSource | undefined;
  readonly portworxVolume?: PortworxVolumeSource | undefined;
  readonly scaleIO?: ScaleIOVolumeSource | undefined;
  readonly storageos?: StorageOSVolumeSource | undefined;
  readonly csi?: CSIVolumeSource | undefined;
  readonly ephemeral?: EphemeralVolumeSource | undefined;
  readonly image?: ImageVolumeSource | undefined;
}

/** core/v1.VolumeDevice */
export interface VolumeDevice {
  readonly name: string;
  readonly devicePath: string;
}

/** core/v1.VolumeMount */
export interface VolumeMount {
  readonly name: string;
  readonly readOnly?: boolean | undefined;
  readonly recursiveReadOnly?: string | undefined;
  readonly mountPath: string;
  readonly subPath?: string | undefined;
  readonly mountPropagation?: string | undefined;
  readonly subPathExpr?: string | undefined;
}

/** core/v1.VolumeMountStatus */
export interface VolumeMountStatus {
  readonly name: string;
  readonly mountPath: string;
  readonly readOnly?: boolean | undefined;
  readonly recursiveReadOnly?: string | undefined;
}

/** core/v1.VolumeNodeAffinity */
export interface VolumeNodeAffinity {
  readonly required?: NodeSelector | undefined;
}

/** core/v1.VolumeProjection */
export interface VolumeProjection {
  readonly secret?: SecretProjection | undefined;
  readonly downwardAPI?: DownwardAPIProjection | undefined;
  readonly configMap?: ConfigMapProjection | undefined;
  readonly serviceAccountToken?: ServiceAccountTokenProjection | undefined;
  readonly clusterTrustBundle?: ClusterTrustBundleProjection | undefined;
  readonly podCertificate?: PodCertificateProjection | undefined;
}

/** core/v1.VolumeResourceRequirements */
export interface VolumeResourceRequirements {
  readonly limits?: Readonly<Record<string, string>> | undefined;
  readonly requests?: Readonly<Record<string, string>> | undefined;
}

/** core/v1.VolumeSource */
export interface VolumeSource {
  readonly hostPath?: HostPathVolumeSource | undefined;
  readonly emptyDir?: EmptyDirVolumeSource | undefined;
  readonly gcePersistentDisk?: GCEPersistentDiskVolumeSource | undefined;
  readonly awsElasticBlockStore?: AWSElasticBlockStoreVolumeSource | undefined;
  readonly gitRepo?: GitRepoVolumeSource | undefined;
  readonly secret?: SecretVolumeSource | undefined;
  readonly nfs?: NFSVolumeSource | undefined;
  readonly iscsi?: ISCSIVolumeSource | undefined;
  readonly glusterfs?: GlusterfsVolumeSource | undefined;
  readonly persistentVolumeClaim?: PersistentVolumeClaimVolumeSource | undefined;
  readonly rbd?: RBDVolumeSource | undefined;
  readonly flexVolume?: FlexVolumeSource | undefined;
  readonly cinder?: CinderVolumeSource | undefined;
  readonly cephfs?: CephFSVolumeSource | undefined;
  readonly flocker?: FlockerVolumeSource | undefined;
  readonly downwardAPI?: DownwardAPIVolumeSource | undefined;
  readonly fc?: FCVolumeSource | undefined;
  readonly azureFile?: AzureFileVolumeSource | undefined;
  readonly configMap?: ConfigMapVolumeSource | undefined;
  readonly vsphereVolume?: VsphereVirtualDiskVolumeSource | undefined;
  readonly quobyte?: QuobyteVolumeSource | undefined;
  readonly azureDisk?: AzureDiskVolumeSource | undefined;
  readonly photonPersistentDisk?: PhotonPersistentDiskVolumeSource | undefined;
  readonly projected?: ProjectedVolumeSource | undefined;
  readonly portworxVolume?: PortworxVolumeSource | undefined;
  readonly scaleIO?: ScaleIOVolumeSource | undefined;
  readonly storageos?: StorageOSVolumeSource | undefined;
  readonly csi?: CSIVolumeSource | undefined;
  readonly ephemeral?: EphemeralVolumeSource | undefined;
  readonly image?: ImageVolumeSource | undefined;
}

/** core/v1.VsphereVirtualDiskVolumeSource */
export interface VsphereVirtualDiskVolumeSource {
  readonly volumePath: string;
  readonly fsType?: string | undefined;
  readonly storagePolicyName?: string | undefined;
  readonly storagePolicyID?: string | undefined;
}

/** core/v1.WeightedPodAffinityTerm */
export interface WeightedPodAffinityTerm {
  readonly weight: number;
  readonly podAffinityTerm?: PodAffinityTerm | undefined;
}

/** core/v1.WindowsSecurityContextOptions */
export interface WindowsSecurityContextOptions {
  readonly gmsaCredentialSpecName?: string | undefined;
  readonly gmsaCredentialSpec?: string | undefined;
  readonly runAsUserName?: string | undefined;
  readonly hostProcess?: boolean | undefined;
}

/** core/v1.WorkloadReference */
export interface WorkloadReference {
  readonly name: string;
  readonly podGroup: string;
  readonly podGroupReplicaKey?: string | undefined;
}

/** discovery/v1.Endpoint */
export interface Endpoint {
  readonly addresses: readonly string[];
  readonly conditions?: EndpointConditions | undefined;
  readonly hostname?: string | undefined;
  readonly targetRef?: ObjectReference | undefined;
  readonly deprecatedTopology?: Readonly<Record<string, string>> | undefined;
  readonly nodeName?: string | undefined;
  readonly zone?: string | undefined;
  readonly hints?: EndpointHints | undefined;
}

/** discovery/v1.EndpointConditions */
export interface EndpointConditions {
  readonly ready?: boolean | undefined;
  readonly serving?: boolean | undefined;
  readonly terminating?: boolean | undefined;
}

/** discovery/v1.EndpointHints */
export interface EndpointHints {
  readonly forZones?: readonly ForZone[] | undefined;
  readonly forNodes?: readonly ForNode[] | undefined;
}

/** discovery/v1.EndpointPort */
export interface DiscoveryEndpointPort {
  readonly name?: string | undefined;
  readonly protocol?: string | undefined;
  readonly port?: number | undefined;
  readonly appProtocol?: string | undefined;
}

/** discovery/v1.EndpointSlice */
export interface EndpointSlice {
  readonly kind?: string | undefined;
  readonly apiVersion?: string | undefined;
  readonly metadata: ObjectMeta;
  readonly addressType: string;
  readonly endpoints: readonly Endpoint[];
  readonly ports: readonly DiscoveryEndpointPort[];
}

/** discovery/v1.ForNode */
export interface ForNode {
  readonly name: string;
}

/** discovery/v1.ForZone */
export interface ForZone {
  readonly name: string;
}

/** events/v1.Event */
export interface EventsEvent {
  readonly kind?: string | undefined;
  readonly apiVersion?: string | undefined;
  readonly metadata: ObjectMeta;
  readonly eventTime?: string | undefined;
  readonly series?: EventsEventSeries | undefined;
  readonly reportingController?: string | undefined;
  readonly reportingInstance?: string | undefined;
  readonly action?: string | undefined;
  readonly reason?: string | undefined;
  readonly regarding?: ObjectReference | undefined;
  readonly related?: ObjectReference | undefined;
  readonly note?: string | undefined;
  readonly type?: string | undefined;
  readonly deprecatedSource?: EventSource | undefined;
  readonly deprecatedFirstTimestamp?: string | undefined;
  readonly deprecatedLastTimestamp?: string | undefined;
  readonly deprecatedCount?: number | undefined;
}

/** events/v1.EventSeries */
export interface EventsEventSeries {
  readonly count: number;
  readonly lastObservedTime?: string | undefined;
}

/** flowcontrol/v1.ExemptPriorityLevelConfiguration */
export interface ExemptPriorityLevelConfiguration {
  readonly nominalConcurrencyShares?: number | undefined;
  readonly lendablePercent?: number | undefined;
}

/** flowcontrol/v1.FlowDistinguisherMethod */
export interface FlowDistinguisherMethod {
  readonly type: string;
}

/** flowcontrol/v1.FlowSchema */
export interface FlowSchema {
  readonly kind?: string | undefined;
  readonly apiVersion?: string | undefined;
  readonly metadata: ObjectMeta;
  readonly spec: FlowSchemaSpec;
  readonly status?: FlowSchemaStatus | undefined;
}

/** flowcontrol/v1.FlowSchemaCondition */
export interface FlowSchemaCondition {
  readonly type?: string | undefined;
  readonly status?: string | undefined;
  readonly lastTransitionTime?: string | undefined;
  readonly reason?: string | undefined;
  readonly message?: string | undefined;
}

/** flowcontrol/v1.FlowSchemaSpec */
export interface FlowSchemaSpec {
  readonly priorityLevelConfiguration?: PriorityLevelConfigurationReference | undefined;
  readonly matchingPrecedence: number;
  readonly distinguisherMethod?: FlowDistinguisherMethod | undefined;
  readonly rules?: readonly PolicyRulesWithSubjects[] | undefined;
}

/** flowcontrol/v1.FlowSchemaStatus */
export interface FlowSchemaStatus {
  readonly conditions?: readonly FlowSchemaCondition[] | undefined;
}

/** flowcontrol/v1.GroupSubject */
export interface GroupSubject {
  readonly name: string;
}

/** flowcontrol/v1.LimitResponse */
export interface LimitResponse {
  readonly type: string;
  readonly queuing?: QueuingConfiguration | undefined;
}

/** flowcontrol/v1.LimitedPriorityLevelConfiguration */
export interface LimitedPriorityLevelConfiguration {
  readonly nominalConcurrencyShares: number;
  readonly limitResponse?: LimitResponse | undefined;
  readonly lendablePercent?: number | undefined;
  readonly borrowingLimitPercent?: number | undefined;
}

/** flowcontrol/v1.NonResourcePolicyRule */
export interface NonResourcePolicyRule {
  readonly verbs: readonly string[];
  readonly nonResourceURLs: readonly string[];
}

/** flowcontrol/v1.PolicyRulesWithSubjects */
export interface PolicyRulesWithSubjects {
  readonly subjects: readonly FlowcontrolSubject[];
  readonly resourceRules?: readonly ResourcePolicyRule[] | undefined;
  readonly nonResourceRules?: readonly NonResourcePolicyRule[] | undefined;
}

/** flowcontrol/v1.PriorityLevelConfiguration */
export interface PriorityLevelConfiguration {
  readonly kind?: string | undefined;
  readonly apiVersion?: string | undefined;
  readonly metadata: ObjectMeta;
  readonly spec: PriorityLevelConfigurationSpec;
  readonly status?: PriorityLevelConfigurationStatus | undefined;
}

/** flowcontrol/v1.PriorityLevelConfigurationCondition */
export interface PriorityLevelConfigurationCondition {
  readonly type?: string | undefined;
  readonly status?: string | undefined;
  readonly lastTransitionTime?: string | undefined;
  readonly reason?: string | undefined;
  readonly message?: string | undefined;
}

/** flowcontrol/v1.PriorityLevelConfigurationReference */
export interface PriorityLevelConfigurationReference {
  readonly name: string;
}

/** flowcontrol/v1.PriorityLevelConfigurationSpec */
export interface PriorityLevelConfigurationSpec {
  readonly type: string;
  readonly limited?: LimitedPriorityLevelConfiguration | undefined;
  readonly exempt?: ExemptPriorityLevelConfiguration | undefined;
}

/** flowcontrol/v1.PriorityLevelConfigurationStatus */
export interface PriorityLevelConfigurationStatus {
  readonly conditions?: readonly PriorityLevelConfigurationCondition[] | undefined;
}

/** flowcontrol/v1.QueuingConfiguration */
export interface QueuingConfiguration {
  readonly queues: number;
  readonly handSize: number;
  readonly queueLengthLimit: number;
}

/** flowcontrol/v1.ResourcePolicyRule */
export interface ResourcePolicyRule {
  readonly verbs: readonly string[];
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly clusterScope?: boolean | undefined;
  readonly namespaces: readonly string[];
}

/** flowcontrol/v1.ServiceAccountSubject */
export interface ServiceAccountSubject {
  readonly namespace: string;
  readonly name: string;
}

/** flowcontrol/v1.Subject */
export interface FlowcontrolSubject {
  readonly kind: string;
  readonly user?: UserSubject | undefined;
  readonly group?: GroupSubject | undefined;
  readonly serviceAccount?: ServiceAccountSubject | undefined;
}

/** flowcontrol/v1.UserSubject */
export interface UserSubject {
  readonly name: string;
}

/** meta/v1.Condition */
export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly observedGeneration?: number | undefined;
  readonly lastTransitionTime?: string | undefined;
  readonly reason: string;
  readonly message: string;
}

/** meta/v1.DeleteOptions */
export interface DeleteOptions {
  readonly kind?: string | undefined;
  readonly apiVersion?: string | undefined;
  readonly gracePeriodSeconds?: number | undefined;
  readonly preconditions?: Preconditions | undefined;
  readonly orphanDependents?: boolean | undefined;
  readonly propagationPolicy?: string | undefined;
  readonly dryRun?: readonly string[] | undefined;
  readonly ignoreStoreReadErrorWithClusterBreakingPotential?: boolean | undefined;
}

/** meta/v1.FieldSelectorRequirement */
export interface FieldSelectorRequirement {
  readonly key: string;
  readonly operator: string;
  readonly values?: readonly string[] | undefined;
}

/** meta/v1.LabelSelector */
export interface LabelSelector {
  readonly matchLabels?: Readonly<Record<string, string>> | undefined;
  readonly matchExpressions?: readonly LabelSelectorRequirement[] | undefined;
}

/** meta/v1.LabelSelectorRequirement */
export interface LabelSelectorRequirement {
  readonly key: string;
  readonly operator: string;
  readonly values?: readonly string[] | undefined;
}

/** meta/v1.ListMeta */
export interface ListMeta {
  readonly selfLink?: string | undefined;
  readonly resourceVersion?: string | undefined;
  readonly continue?: string | undefined;
  readonly remainingItemCount?: number | undefined;
}

/** meta/v1.ManagedFieldsEntry */
export interface ManagedFieldsEntry {
  readonly manager?: string | undefined;
  readonly operation?: string | undefined;
  readonly apiVersion?: string | undefined;
  readonly time?: string | undefined;
  readonly fieldsType?: string | undefined;
  readonly fieldsV1?: FieldsV1 | undefined;
  readonly subresource?: string | undefined;
}

/** meta/v1.ObjectMeta */
export interface ObjectMeta {
  readonly name?: string | undefined;
  readonly generateName?: string | undefined;
  readonly namespace?: string | undefined;
  readonly selfLink?: string | undefined;
  readonly uid?: string | undefined;
  readonly resourceVersion?: string | undefined;
  readonly generation?: number | undefined;
  readonly creationTimestamp?: string | undefined;
  readonly deletionTimestamp?: string | undefined;
  readonly deletionGracePeriodSeconds?: number | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly annotations?: Readonly<Record<string, string>> | undefined;
  readonly ownerReferences?: readonly OwnerReference[] | undefined;
  readonly finalizers?: readonly string[] | undefined;
  readonly managedFields?: readonly ManagedFieldsEntry[] | undefined;
}

/** meta/v1.OwnerReference */
export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean | undefined;
  readonly blockOwnerDeletion?: boolean | undefined;
}

/** meta/v1.Preconditions */
export interface Preconditions {
  readonly uid?: string | undefined;
  readonly resourceVersion?: string | undefined;
}

/** meta/v1.Status */
export interface Status {
  readonly kind?: string | undefined;
  readonly apiVersion?: string | undefined;
  readonly metadata: ListMeta;
  readonly status?: string | undefined;
  readonly message?: string | undefined;
  readonly reason?: string | undefined;
  readonly details?: StatusDetails | undefined;
  readonly code?: number | undefined;
}

/** meta/v1.StatusCause */
export interface StatusCause {
  readonly reason?: string | undefined;
  readonly message?: string | undefined;
  readonly field?: string | undefined;
}

/** meta/v1.StatusDetails */
export interface StatusDetails {
  readonly name?: string | undefined;
  readonly group?: string | undefined;
  readonly kind?: string | undefined;
  readonly uid?: string | undefined;
  readonly causes?: readonly StatusCause[] | undefined;
  readonly retryAfterSeconds?: number | undefined;
}

/** meta/v1.TypeMeta */
export interface TypeMeta {
  readonly kind?: string | undefined;
  readonly apiVersion?: string | undefined;
}

/** networking/v1.HTTPIngressPath */
export interface HTTPIngressPath {
  readonly path?: string | undefined;
  readonly pathType: string;
  readonly backend?: IngressBackend | undefined;
}

/** networking/v1.HTTPIngressRuleValue */
export interface HTTPIngressRuleValue {
  readonly paths: readonly HTTPIngressPath[];
}

/** networking/v1.IPAddress */
export interface IPAddress {
  readonly kind?: string | undefined;
  readonly apiVersion?: string | undefined;
  readonly metadata: ObjectMeta;
  readonly spec: IPAddressSpec;
}

/** networking/v1.IPAddressSpec */
export interface IPAddressSpec {
  readonly parentRef?: ParentReference | undefined;
}

/** networking/v1.IPBlock */
export interface IPBlock {
  readonly cidr: string;
  readonly except?: readonly string[] | undefined;
}

/** networking/v1.Ingress */
export interface Ingress {
  readonly kind?: string | undefined;
  readonly apiVersion?: string | undefined;
  readonly metadata: ObjectMeta;
  readonly spec: IngressSpec;
  readonly status?: IngressStatus | undefined;
}

/** networking/v1.IngressBackend */
export interface IngressBackend {
  readonly service?: IngressServiceBackend | undefined;
  readonly resource?: TypedLocalObjectReference | undefined;
}

/** networking/v1.IngressClass */
export interface IngressClass {
  readonly kind?: string | undefined;
  readonly apiVersion?: string | undefined;
  readonly metadata: ObjectMeta;
  readonly spec: IngressClassSpec;
}

/** networking/v1.IngressClassParametersReference */
export interface IngressClassParametersReference {
  readonly apiGroup?: string | undefined;
  readonly kind: string;
  readonly name: string;
  readonly scope: string;
  readonly namespace?: string | undefined;
}

/** networking/v1.IngressClassSpec */
export interface IngressClassSpec {
  readonly controller?: string | undefined;
  readonly parameters?: IngressClassParametersReference | undefined;
}

/** networking/v1.IngressLoadBalancerIngress */
export interface IngressLoadBalancerIngress {
  readonly ip?: string | undefined;
  readonly hostname?: string | undefined;
  readonly ports?: readonly IngressPortStatus[] | undefined;
}

/** networking/v1.IngressLoadBalancerStatus */
export interface IngressLoadBalancerStatus {
  readonly ingress?: readonly IngressLoadBalancerIngress[] | undefined;
}

/** networking/v1.IngressPortStatus */
export interface IngressPortStatus {
  readonly port: number;
  readonly protocol: string;
  readonly error?: string | undefined;
}

/** networking/v1.IngressRule */
export interface IngressRule {
  readonly host?: string | undefined;
  readonly http?: HTTPIngressRuleValue | undefined;
}

/** networking/v1.IngressRuleValue */
export interface IngressRuleValue {
  readonly http?: HTTPIngressRuleValue | undefined;
}

/** networking/v1.IngressServiceBackend */
export interface IngressServiceBackend {
  readonly name: string;
  readonly port?: ServiceBackendPort | undefined;
}

/** networking/v1.IngressSpec */
export interface IngressSpec {
  readonly ingressClassName?: string | undefined;
  readonly defaultBackend?: IngressBackend | undefined;
  readonly tls?: readonly IngressTLS[] | undefined;
  readonly rules?: readonly IngressRule[] | undefined;
}

/** networking/v1.IngressStatus */
export interface IngressStatus {
  readonly loadBalancer?: IngressLoadBalancerStatus | undefined;
}

/** networking/v1.IngressTLS */
export interface IngressTLS {
  readonly hosts?: readonly string[] | undefined;
  readonly secretName?: string | undefined;
}

/** networking/v1.NetworkPolicy */
export interface NetworkPolicy {
  readonly kind?: string | undefined;
  readonly apiVersion?: string | undefined;
  readonly metadata: ObjectMeta;
  readonly spec: NetworkPolicySpec;
}

/** networking/v1.NetworkPolicyEgressRule */
export interface NetworkPolicyEgressRule {
  readonly ports?: readonly NetworkPolicyPort[] | undefined;
  readonly to?: readonly NetworkPolicyPeer[] | undefined;
}

/** networking/v1.NetworkPolicyIngressRule */
export interface NetworkPolicyIngressRule {
  readonly ports?: readonly NetworkPolicyPort[] | undefined;
  readonly from?: readonly NetworkPolicyPeer[] | undefined;
}

/** networking/v1.NetworkPolicyPeer */
export interface NetworkPolicyPeer {
  readonly podSelector?: LabelSelector | undefined;
  readonly namespaceSelector?: LabelSelector | undefined;
  readonly ipBlock?: IPBlock | undefined;
}

/** networking/v1.NetworkPolicyPort */
export interface NetworkPolicyPort {
  readonly protocol?: string | undefined;
  readonly port?: number | string | undefined;
  readonly endPort?: number | undefined;
}

/** networking/v1.NetworkPolicySpec */
export interface NetworkPolicySpec {
  readonly podSelector?: LabelSelector | undefined;
  readonly ingress?: readonly NetworkPolicyIngressRule[] | undefined;
  readonly egress?: readonly NetworkPolicyEgressRule[] | undefined;
  readonly policyTypes?: readonly string[] | undefined;
}

/** networking/v1.ParentReference */
export interface ParentReference {
  readonly group?: string | undefined;
  readonly resource?: string | undefined;
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
}

/** networking/v1.ServiceBackendPort */
export interface ServiceBackendPort {
  readonly name?: string | undefined;
  readonly number?: number | undefined;
}

/** networking/v1.ServiceCIDR */
export interface ServiceCIDR {
  readonly kind?: string | undefined;
  readonly apiVersion?: string | undefined;
  readonly metadata: ObjectMeta;
  readonly spec: ServiceCIDRSpec;
  readonly status?: ServiceCIDRStatus | undefined;
}

/** networking/v1.ServiceCIDRSpec */
export interface ServiceCIDRSpec {
  readonly cidrs?: readonly string[] | undefined;
}

/** networking/v1.ServiceCIDRStatus */
export interface ServiceCIDRStatus {
  readonly conditions?: readonly Condition[] | undefined;
}

/** node/v1.Overhead */
export interface Overhead {
  readonly podFixed?: Readonly<Record<string, string>> | undefined;
}

/** node/v1.RuntimeClass */
export interface RuntimeClass {
  readonly kind?: string | undefined;
  readonly apiVersion?: string | undefined;
  readonly metadata: ObjectMeta;
  readonly handler: string;
  readonly overhead?: Overhead | undefined;
  readonly scheduling?: Scheduling | undefined;
}

/** node/v1.Scheduling */
export interface Scheduling {
  readonly nodeSelector?: Readonly<Record<string, string>> | undefined;
  readonly tolerations?: readonly Toleration[] | undefined;
}

/** policy/v1.Eviction */
export interface Eviction {
  readonly kind?: string | undefined;
  readonly apiVersion?: string | undefined;
  readonly metadata: ObjectMeta;
  readonly deleteOptions?: DeleteOptions | undefined;
}

/** policy/v1.PodDisruptionBudget */
export interface PodDisruptionBudget {
  readonly kind?: string | undefined;
  readonly apiVersion?: string | undefined;
  readonly metadata: ObjectMeta;
  readonly spec: PodDisruptionBudgetSpec;
  readonly status?: PodDisruptionBudgetStatus | undefined;
}

/** policy/v1.PodDisruptionBudgetSpec */
export interface PodDisruptionBudgetSpec {
  readonly minAvailable?: number | string | undefined;
  readonly selector?: LabelSelector | undefined;
  readonly maxUnavailable?: number | string | undefined;
  readonly unhealthyPodEvictionPolicy?: string | undefined;
}

/** policy/v1.PodDisruptionBudgetStatus */
export interface PodDisruptionBudgetStatus {
  readonly observedGeneration?: number | undefined;
  readonly disruptedPods?: Readonly<Record<string, string>> | undefined;
  readonly disruptionsAllowed: number;
  readonly currentHealthy: number;
  readonly desiredHealthy: number;
  readonly expectedPods: number;
  readonly conditions?: readonly Condition[] | undefined;
}

/** rbac/v1.AggregationRule */
export interface AggregationRule {
  readonly clusterRoleSelectors?: readonly LabelSelector[] | undefined;
}

/** rbac/v1.ClusterRole */
export interface ClusterRole {
  readonly kind?: string | undefined;
  readonly apiVersion?: string | undefined;
  readonly metadata: ObjectMeta;
  readonly rules: readonly PolicyRule[];
  readonly aggregationRule?: AggregationRule | undefined;
}

/** rbac/v1.ClusterRoleBinding */
export interface ClusterRoleBinding {
  readonly kind?: string | undefined;
  readonly apiVersion?: string | undefined;
  readonly metadata: ObjectMeta;
  readonly subjects?: readonly Subject[] | undefined;
  readonly roleRef?: RoleRef | undefined;
}

/** rbac/v1.PolicyRule */
export interface PolicyRule {
  readonly verbs: readonly string[];
  readonly apiGroups?: readonly string[] | undefined;
  readonly resources?: readonly string[] | undefined;
  readonly resourceNames?: readonly string[] | undefined;
  readonly nonResourceURLs?: readonly string[] | undefined;
}

/** rbac/v1.Role */
export interface Role {
  readonly kind?: string | undefined;
  readonly apiVersion?: string | undefined;
  readonly metadata: ObjectMeta;
  readonly rules: readonly PolicyRule[];
}

/** rbac/v1.RoleBinding */
export interface RoleBinding {
  readonly kind?: string | undefined;
  readonly apiVersion?: string | undefined;
  readonly metadata: ObjectMeta;
  readonly subjects?: readonly Subject[] | undefined;
  readonly roleRef?: RoleRef | undefined;
}

/** rbac/v1.RoleRef */
export interface RoleRef {
  readonly apiGroup: string;
  readonly kind: string;
  readonly name: string;
}

/** rbac/v1.Subject */
export interface Subject {
  readonly kind: string;
  readonly apiGroup?: string | undefined;
  readonly name: string;
  readonly namespace?: string | undefined;
}

/** resource/v1.AllocatedDeviceStatus */
export interface AllocatedDeviceStatus {
  readonly driver: string;
  readonly pool: string;
  readonly device: string;
  readonly shareID?: string | undefined;
  readonly conditions: readonly Condition[];
  readonly data?: unknown | undefined;
  readonly networkData?: NetworkDeviceData | undefined;
}

/** resource/v1.AllocationResult */
export interface AllocationResult {
  readonly devices?: DeviceAllocationResult | undefined;
  readonly nodeSelector?: NodeSelector | undefined;
  readonly allocationTimestamp?: string | undefined;
}

/** resource/v1.CELDeviceSelector */
export interface CELDeviceSelector {
  readonly expression: string;
}

/** resource/v1.CapacityRequestPolicy */
export interface CapacityRequestPolicy {
  readonly default: string;
  readonly validValues?: readonly string[] | undefined;
  readonly validRange?: CapacityRequestPolicyRange | undefined;
}

/** resource/v1.CapacityRequestPolicyRange */
export interface CapacityRequestPolicyRange {
  readonly min?: string | undefined;
  readonly max?: string | undefined;
  readonly step?: string | undefined;
}

/** resource/v1.CapacityRequirements */
export interface CapacityRequirements {
  readonly requests?: Readonly<Record<string, string>> | undefined;
}

/** resource/v1.Counter */
export interface Counter {
  readonly value: string;
}

/** resource/v1.CounterSet */
export interface CounterSet {
  readonly name: string;
  readonly counters?: Readonly<Record<string, Counter>> | undefined;
}

/** resource/v1.Device */
export interface Device {
  readonly name: string;
  readonly attributes?: Readonly<Record<string, DeviceAttribute>> | undefined;
  readonly capacity?: Readonly<Record<string, DeviceCapacity>> | undefined;
  readonly consumesCounters?: readonly DeviceCounterConsumption[] | undefined;
  readonly nodeName?: string | undefined;
  readonly nodeSelector?: NodeSelector | undefined;
  readonly allNodes?: boolean | undefined;
  readonly taints?: readonly DeviceTaint[] | undefined;
  readonly bindsToNode?: boolean | undefined;
  readonly bindingConditions?: readonly string[] | undefined;
  readonly bindingFailureConditions?: readonly string[] | undefined;
  readonly allowMultipleAllocations?: boolean | undefined;
}

/** resource/v1.DeviceAllocationConfiguration */
export interface DeviceAllocationConfiguration {
  readonly source: string;
  readonly requests?: readonly string[] | undefined;
  readonly opaque?: OpaqueDeviceConfiguration | undefined;
}

/** resource/v1.DeviceAllocationResult */
export interface DeviceAllocationResult {
  readonly results?: readonly DeviceRequestAllocationResult[] | undefined;
  readonly config?: readonly DeviceAllocationConfiguration[] | undefined;
}

/** resource/v1.DeviceAttribute */
export interface DeviceAttribute {
  readonly int?: number | undefined;
  readonly bool?: boolean | undefined;
  readonly string?: string | undefined;
  readonly version?: string | undefined;
}

/** resource/v1.DeviceCapacity */
export interface DeviceCapacity {
  readonly value: string;
  readonly requestPolicy?: CapacityRequestPolicy | undefined;
}

/** resource/v1.DeviceClaim */
export interface DeviceClaim {
  readonly requests: readonly DeviceRequest[];
  readonly constraints?: readonly DeviceConstraint[] | undefined;
  readonly config?: readonly DeviceClaimConfiguration[] | undefined;
}

/** resource/v1.DeviceClaimConfiguration */
export interface DeviceClaimConfiguration {
  readonly requests?: readonly string[] | undefined;
  readonly opaque?: OpaqueDeviceConfiguration | undefined;
}

/** resource/v1.DeviceClass */
export interface DeviceClass {
  readonly kind?: string | undefined;
  readonly apiVersion?: string | undefined;
  readonly metadata: ObjectMeta;
  readonly spec: DeviceClassSpec;
}

/** resource/v1.DeviceClassConfiguration */
export interface DeviceClassConfiguration {
  readonly opaque?: OpaqueDeviceConfiguration | undefined;
}

/** resource/v1.DeviceClassSpec */
export interface DeviceClassSpec {
  readonly selectors?: readonly DeviceSelector[] | undefined;
  readonly config?: readonly DeviceClassConfiguration[] | undefined;
  readonly extendedResourceName?: string | undefined;
}

/** resource/v1.DeviceConfiguration */
export interface DeviceConfiguration {
  readonly opaque?: OpaqueDeviceConfiguration | undefined;
}

/** resource/v1.DeviceConstraint */
export interface DeviceConstraint {
  readonly requests?: readonly string[] | undefined;
  readonly matchAttribute?: string | undefined;
  readonly distinctAttribute?: string | undefined;
}

/** resource/v1.DeviceCounterConsumption */
export interface DeviceCounterConsumption {
  readonly counterSet: string;
  readonly counters?: Readonly<Record<string, Counter>> | undefined;
}

/** resource/v1.DeviceRequest */
export interface DeviceRequest {
  readonly name: string;
  readonly exactly?: ExactDeviceRequest | undefined;
  readonly firstAvailable?: readonly DeviceSubRequest[] | undefined;
}

/** resource/v1.DeviceRequestAllocationResult */
export interface DeviceRequestAllocationResult {
  readonly request: string;
  readonly driver: string;
  readonly pool: string;
  readonly device: string;
  readonly adminAccess?: boolean | undefined;
  readonly tolerations?: readonly DeviceToleration[] | undefined;
  readonly bindingConditions?: readonly string[] | undefined;
  readonly bindingFailureConditions?: readonly string[] | undefined;
  readonly shareID?: string | undefined;
  readonly consumedCapacity?: Readonly<Record<string, string>> | undefined;
}

/** resource/v1.DeviceSelector */
export interface DeviceSelector {
  readonly cel?: CELDeviceSelector | undefined;
}

/** resource/v1.DeviceSubRequest */
export interface DeviceSubRequest {
  readonly name: string;
  readonly deviceClassName: string;
  readonly selectors?: readonly DeviceSelector[] | undefined;
  readonly allocationMode?: string | undefined;
  readonly count?: number | undefined;
  readonly tolerations?: readonly DeviceToleration[] | undefined;
  readonly capacity?: CapacityRequirements | undefined;
}

/** resource/v1.DeviceTaint */
export interface DeviceTaint {
  readonly key: string;
  readonly value?: string | undefined;
  readonly effect: string;
  readonly timeAdded?: string | undefined;
}

/** resource/v1.DeviceToleration */
export interface DeviceToleration {
  readonly key?: string | undefined;
  readonly operator?: string | undefined;
  readonly value?: string | undefined;
  readonly effect?: string | undefined;
  readonly tolerationSeconds?: number | undefined;
}

/** resource/v1.ExactDeviceRequest */
export interface ExactDeviceRequest {
  readonly deviceClassName: string;
  readonly selectors?: readonly DeviceSelector[] | undefined;
  readonly allocationMode?: string | undefined;
  readonly count?: number | undefined;
  readonly adminAccess?: boolean | undefined;
  readonly tolerations?: readonly DeviceToleration[] | undefined;
  readonly capacity?: CapacityRequirements | undefined;
}

/** resource/v1.NetworkDeviceData */
export interface NetworkDeviceData {
  readonly interfaceName?: string | undefined;
  readonly ips?: readonly string[] | undefined;
  readonly hardwareAddress?: string | undefined;
}

/** resource/v1.OpaqueDeviceConfiguration */
export interface OpaqueDeviceConfiguration {
  readonly driver: string;
  readonly parameters?: unknown | undefined;
}

/** resource/v1.ResourceClaim */
export interface ResourceResourceClaim {
  readonly kind?: string | undefined;
  readonly apiVersion?: string | undefined;
  readonly metadata: ObjectMeta;
  readonly spec: ResourceClaimSpec;
  readonly status?: ResourceClaimStatus | undefined;
}

/** resource/v1.ResourceClaimConsumerReference */
export interface ResourceClaimConsumerReference {
  readonly apiGroup?: string | undefined;
  readonly resource: string;
  readonly name: string;
  readonly uid: string;
}

/** resource/v1.ResourceClaimSpec */
export interface ResourceClaimSpec {
  readonly devices?: DeviceClaim | undefined;
}

/** resource/v1.ResourceClaimStatus */
export interface ResourceClaimStatus {
  readonly allocation?: AllocationResult | undefined;
  readonly reservedFor?: readonly ResourceClaimConsumerReference[] | undefined;
  readonly devices?: readonly AllocatedDeviceStatus[] | undefined;
}

/** resource/v1.ResourceClaimTemplate */
export interface ResourceClaimTemplate {
  readonly kind?: string | undefined;
  readonly apiVersion?: string | undefined;
  readonly metadata: ObjectMeta;
  readonly spec: ResourceClaimTemplateSpec;
}

/** resource/v1.ResourceClaimTemplateSpec */
export interface ResourceClaimTemplateSpec {
  readonly metadata?: ObjectMeta | undefined;
  readonly spec: ResourceClaimSpec;
}

/** resource/v1.ResourcePool */
export interface ResourcePool {
  readonly name: string;
  readonly generation: number;
  readonly resourceSliceCount: number;
}

/** resource/v1.ResourceSlice */
export interface ResourceSlice {
  readonly kind?: string | undefined;
  readonly apiVersion?: string | undefined;
  readonly metadata: ObjectMeta;
  readonly spec: ResourceSliceSpec;
}

/** resource/v1.ResourceSliceSpec */
export interface ResourceSliceSpec {
  readonly driver: string;
  readonly pool?: ResourcePool | undefined;
  readonly nodeName?: string | undefined;
  readonly nodeSelector?: NodeSelector | undefined;
  readonly allNodes?: boolean | undefined;
  readonly devices?: readonly Device[] | undefined;
  readonly perDeviceNodeSelection?: boolean | undefined;
  readonly sharedCounters?: readonly CounterSet[] | undefined;
}

/** scheduling/v1.PriorityClass */
export interface PriorityClass {
  readonly kind?: string | undefined;
  readonly apiVersion?: string | undefined;
  readonly metadata: ObjectMeta;
  readonly value: number;
  readonly globalDefault?: boolean | undefined;
  readonly description?: string | undefined;
  readonly preemptionPolicy?: string | undefined;
}

/** storage/v1.CSIDriver */
export interface CSIDriver {
  readonly kind?: string | undefined;
  readonly apiVersion?: string | undefined;
  readonly metadata: ObjectMeta;
  readonly spec: CSIDriverSpec;
}

/** storage/v1.CSIDriverSpec */
export interface CSIDriverSpec {
  readonly attachRequired?: boolean | undefined;
  readonly podInfoOnMount?: boolean | undefined;
  readonly volumeLifecycleModes?: readonly string[] | undefined;
  readonly storageCapacity?: boolean | undefined;
  readonly fsGroupPolicy?: string | undefined;
  readonly tokenRequests?: readonly TokenRequest[] | undefined;
  readonly requiresRepublish?: boolean | undefined;
  readonly seLinuxMount?: boolean | undefined;
  readonly nodeAllocatableUpdatePeriodSeconds?: number | undefined;
  readonly serviceAccountTokenInSecrets?: boolean | undefined;
}

/** storage/v1.CSINode */
export interface CSINode {
  readonly kind?: string | undefined;
  readonly apiVersion?: string | undefined;
  readonly metadata: ObjectMeta;
  readonly spec: CSINodeSpec;
}

/** storage/v1.CSINodeDriver */
export interface CSINodeDriver {
  readonly name: string;
  readonly nodeID: string;
  readonly topologyKeys: readonly string[];
  readonly allocatable?: VolumeNodeResources | undefined;
}

/** storage/v1.CSINodeSpec */
export interface CSINodeSpec {
  readonly drivers: readonly CSINodeDriver[];
}

/** storage/v1.CSIStorageCapacity */
export interface CSIStorageCapacity {
  readonly kind?: string | undefined;
  readonly apiVersion?: string | undefined;
  readonly metadata: ObjectMeta;
  readonly nodeTopology?: LabelSelector | undefined;
  readonly storageClassName: string;
  readonly capacity?: string | undefined;
  readonly maximumVolumeSize?: string | undefined;
}

/** storage/v1.StorageClass */
export interface StorageClass {
  readonly kind?: string | undefined;
  readonly apiVersion?: string | undefined;
  readonly metadata: ObjectMeta;
  readonly provisioner: string;
  readonly parameters?: Readonly<Record<string, string>> | undefined;
  readonly reclaimPolicy?: string | undefined;
  readonly mountOptions?: readonly string[] | undefined;
  readonly allowVolumeExpansion?: boolean | undefined;
  readonly volumeBindingMode?: string | undefined;
  readonly allowedTopologies?: readonly TopologySelectorTerm[] | undefined;
}

/** storage/v1.TokenRequest */
export interface TokenRequest {
  readonly audience: string;
  readonly expirationSeconds?: number | undefined;
}

/** storage/v1.VolumeAttachment */
export interface VolumeAttachment {
  readonly kind?: string | undefined;
  readonly apiVersion?: string | undefined;
  readonly metadata: ObjectMeta;
  readonly spec: VolumeAttachmentSpec;
  readonly status?: VolumeAttachmentStatus | undefined;
}

/** storage/v1.VolumeAttachmentSource */
export interface VolumeAttachmentSource {
  readonly persistentVolumeName?: string | undefined;
  readonly inlineVolumeSpec?: PersistentVolumeSpec | undefined;
}

/** storage/v1.VolumeAttachmentSpec */
export interface VolumeAttachmentSpec {
  readonly attacher: string;
  readonly source?: VolumeAttachmentSource | undefined;
  readonly nodeName: string;
}

/** storage/v1.VolumeAttachmentStatus */
export interface VolumeAttachmentStatus {
  readonly attached: boolean;
  readonly attachmentMetadata?: Readonly<Record<string, string>> | undefined;
  readonly attachError?: VolumeError | undefined;
  readonly detachError?: VolumeError | undefined;
}

/** storage/v1.VolumeAttributesClass */
export interface VolumeAttributesClass {
  readonly kind?: string | undefined;
  readonly apiVersion?: string | undefined;
  readonly metadata: ObjectMeta;
  readonly driverName: string;
  readonly parameters?: Readonly<Record<string, string>> | undefined;
}

/** storage/v1.VolumeError */
export interface VolumeError {
  readonly time?: string | undefined;
  readonly message?: string | undefined;
  readonly errorCode?: number | undefined;
}

/** storage/v1.VolumeNodeResources */
export interface VolumeNodeResources {
  readonly count?: number | undefined;
}
