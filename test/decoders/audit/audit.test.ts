import { expect } from 'chai';

import { onlyEvent } from '../only-event.ts';

const time = '2026-06-09T10:13:20.104Z';
const directory = {
  time,
  category: 'AuditLogs',
  operationName: 'Add member to role',
  tenantId: 't1',
  properties: {
    activityDisplayName: 'Add member to role',
    loggedByService: 'Core Directory',
    result: 'success',
    initiatedBy: { user: { userPrincipalName: 'ana@corp.example' } },
    targetResources: [
      { type: 'User', modifiedProperties: [{ displayName: 'Role', newValue: '"Admin"' }] },
    ],
  },
};
const signIn = {
  time,
  category: 'SignInLogs',
  operationName: 'Sign-in activity',
  tenantId: 't1',
  resultType: '50126',
  properties: {
    authenticationRequirement: 'singleFactorAuthentication',
    status: { errorCode: 50126, failureReason: 'Invalid' },
    deviceDetail: { trustType: 'Azure AD joined', isCompliant: false },
  },
};
const google = {
  timestamp: time,
  resource: { type: 'x', labels: { project_id: 'p' } },
  protoPayload: { serviceName: 'storage.googleapis.com', methodName: 'storage.setIamPermissions' },
};

// By which names SigmaHQ's rules ask for fields that stand elsewhere in the record.
const cases: readonly (readonly [string, object, readonly string[], object])[] = [
  [
    'the directory’s audit log',
    directory,
    ['azure', 'auditlogs'],
    {
      'properties.message': 'Add member to role',
      OperationName: 'Add member to role',
      ActivityDisplayName: 'Add member to role',
      Category: 'AuditLogs',
      LoggedByService: 'Core Directory',
      Status: 'Success',
      'properties.initiatedBy': 'ana@corp.example',
      'TargetResources.ModifiedProperties.DisplayName': [['Role']],
    },
  ],
  [
    'sign-ins',
    signIn,
    ['azure', 'signinlogs'],
    {
      ResultType: 50126,
      resultType: 50126,
      ResultDescription: 'Invalid',
      AuthenticationRequirement: 'singleFactorAuthentication',
      Status: 'Failure',
      'DeviceDetail.trusttype': 'Azure AD joined',
      'DeviceDetail.isCompliant': false,
    },
  ],
  [
    'detections of risk',
    {
      riskEventType: 'leakedCredentials',
      riskState: 'atRisk',
      activityDateTime: time,
      tenantId: 't',
    },
    ['azure', 'riskdetection'],
    { riskEventType: 'leakedCredentials', RiskState: 'atRisk' },
  ],
  [
    'what is done to resources',
    { time, category: 'Administrative', operationName: 'MICROSOFT.X/DELETE', resourceId: '/s/1' },
    ['azure', 'activitylogs'],
    { operationName: 'MICROSOFT.X/DELETE', OperationNameValue: 'MICROSOFT.X/DELETE' },
  ],
  [
    'Google Cloud',
    google,
    ['gcp', 'gcp.audit'],
    {
      'gcp.audit.method_name': 'storage.setIamPermissions',
      'data.protoPayload.serviceName': 'storage.googleapis.com',
      'data.protoPayload.resource.type': 'x',
    },
  ],
  [
    'Google Workspace’s console',
    {
      kind: 'admin#reports#activity',
      id: { time, applicationName: 'admin', customerId: 'C1' },
      events: [
        {
          name: 'CHANGE_APPLICATION_SETTING',
          parameters: [
            { name: 'SETTING_NAME', value: 'DlpRule' },
            { name: 'NEW_VALUE', value: 'off' },
          ],
        },
      ],
    },
    ['gcp', 'google_workspace.admin'],
    {
      eventService: 'admin.googleapis.com',
      eventName: ['CHANGE_APPLICATION_SETTING'],
      setting_name: 'DlpRule',
      new_value: 'off',
    },
  ],
  [
    'Microsoft 365’s alerts',
    {
      CreationTime: '2026-06-09T10:13:20',
      RecordType: 40,
      Operation: 'AlertTriggered',
      Workload: 'SecurityComplianceCenter',
      OrganizationId: 'o',
      Name: 'Activity from anonymous IP addresses',
      ResultStatus: 'Succeeded',
    },
    ['m365', 'threat_management'],
    {
      eventSource: 'SecurityComplianceCenter',
      eventName: 'Activity from anonymous IP addresses',
      status: 'success',
    },
  ],
  [
    'CloudTrail',
    {
      eventTime: time,
      eventSource: 'secretsmanager.amazonaws.com',
      eventName: 'GetSecretValue',
      userIdentity: { type: 'Root', accountId: '1' },
      requestParameters: { secretId: 'prod/crm' },
      sourceIPAddress: '203.0.113.10',
    },
    ['aws', 'cloudtrail'],
    {
      eventName: 'GetSecretValue',
      'userIdentity.type': 'Root',
      'secret.name': 'prod/crm',
      src_ip: '203.0.113.10',
    },
  ],
  [
    'Kubernetes',
    {
      apiVersion: 'audit.k8s.io/v1',
      kind: 'Event',
      verb: 'create',
      requestReceivedTimestamp: time,
      objectRef: { resource: 'pods', apiGroup: 'apps' },
      requestObject: { spec: { volumes: [{ hostPath: { path: '/' } }] } },
    },
    ['kubernetes', 'audit'],
    { verb: 'create', 'objectRef.resource': 'pods', apiGroup: 'apps', hostPath: ['/'] },
  ],
  [
    'OpenCanary',
    {
      logtype: 4002,
      node_id: 'canary-1',
      utc_time: '2026-06-09 10:13:20.104',
      src_host: '10.0.0.1',
    },
    ['opencanary', ''],
    { logtype: 4002 },
  ],
];

describe('audit logs of services', () => {
  for (const [name, record, [product = '', service = ''], fields] of cases) {
    it(`${name}: are ${product} ${service} and answer the names of its rules`, () => {
      const event = onlyEvent(record);
      expect(event.logsource.product).to.equal(product);
      if (service !== '') expect(event.logsource.services).to.include(service);
      for (const [field, value] of Object.entries(fields)) {
        expect(event.get(field), field).to.deep.equal(value);
      }
    });
  }

  it('entries of one correlation are events of their own', () => {
    const vault = {
      time,
      category: 'AuditEvent',
      operationName: 'SecretGet',
      resourceId: '/x/PROVIDERS/MICROSOFT.KEYVAULT/VAULTS/V',
      correlationId: 'c',
    };
    const one = onlyEvent({ ...vault, properties: { id: 'https://v/secrets/a' } });
    const two = onlyEvent({ ...vault, properties: { id: 'https://v/secrets/b' } });
    expect(one.id).to.not.equal(two.id);
    expect([one.get('secret.name'), two.get('secret.name')]).to.deep.equal([
      'https://v/secrets/a',
      'https://v/secrets/b',
    ]);
  });
});
