/** Of kafkajs's cluster, which it hands to an assigner, what is watched here. */
export interface JoiningCluster {
  findGroupCoordinator(request: { readonly groupId: string }): Promise<JoiningBroker>;
}

interface JoiningBroker {
  joinGroup(request: JoinRequest): Promise<{ readonly generationId: number }>;
}

interface JoinRequest {
  readonly memberId: string;
  readonly groupProtocols: readonly unknown[];
}

export interface JoinWatcher {
  /** Before a join; a stranger has no member id (yet, or any more). */
  onJoining(isStranger: boolean): void;
  /** What we send along, made after `onJoining`. */
  metadata(): unknown;
  onGeneration(generation: number): void;
}

/**
 * kafkajs tells its assigner neither the generation of the group nor that the group has dropped us
 * (UNKNOWN_MEMBER_ID: it forgets its member id and joins as a stranger, silently). Both stand in the
 * request and the answer of joining, so these are watched.
 */
export function watchJoins(cluster: JoiningCluster, watcher: JoinWatcher): void {
  const find = cluster.findGroupCoordinator.bind(cluster);
  const watched = new WeakSet<JoiningBroker>();
  cluster.findGroupCoordinator = async (request) => {
    const broker = await find(request);
    if (watched.has(broker)) return broker;
    watched.add(broker);
    const join = broker.joinGroup.bind(broker);
    broker.joinGroup = async (request_) => {
      watcher.onJoining(request_.memberId === '');
      const answer = await join({ ...request_, groupProtocols: [watcher.metadata()] });
      watcher.onGeneration(answer.generationId);
      return answer;
    };
    return broker;
  };
}
