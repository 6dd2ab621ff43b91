import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.elasticsearch.common.logging.LogConfigurator;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.env.Environment;
import org.elasticsearch.node.Node;
import org.elasticsearch.plugins.PluginsLoader;

/** Starts the core of Elasticsearch from its jars: Launcher HOME HTTP_PORT TRANSPORT_PORT [KEY=VALUE...] */
class Launcher {
  public static void main(String[] args) throws Exception {
    Path home = Path.of(args[0]);
    LogConfigurator.configureESLogging();
    Settings.Builder settings = Settings.builder()
        .put("path.home", home)
        .put("cluster.name", "tidegate-test")
        .put("node.name", "node-1")
        .put("http.port", args[1])
        .put("transport.port", args[2])
        .put("discovery.type", "single-node")
        .put("network.host", "127.0.0.1")
        .put("transport.type", "netty4")
        .put("http.type", "netty4");
    for (int index = 3; index < args.length; index++) {
      String[] pair = args[index].split("=", 2);
      settings.put(pair[0], pair[1]);
    }
    Environment environment = new Environment(settings.build(), home.resolve("config"));
    PluginsLoader loader = PluginsLoader.createPluginsLoader(
        PluginsLoader.loadModulesBundles(environment.modulesDir()), Set.of(), Map.of(), false);
    Node node = new Node(environment, loader);
    node.start();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> {
      try {
        node.close();
      } catch (java.io.IOException error) {
        throw new java.io.UncheckedIOException(error);
      }
    }));
    new CountDownLatch(1).await();
  }
}
