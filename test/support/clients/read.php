<?php
// Reads a collection as a PHP user would, by the driver's extension: read.php URI DATABASE COLLECTION. Prints what it saw as JSON.
use MongoDB\Driver\BulkWrite;
use MongoDB\Driver\Command;
use MongoDB\Driver\Manager;
use MongoDB\Driver\Query;

[, $uri, $database, $collection] = $argv;
$manager = new Manager($uri);
$namespace = "$database.$collection";

function ids(Manager $manager, string $namespace, array $filter, array $options): array
{
    $cursor = $manager->executeQuery($namespace, new Query($filter, $options));
    return array_map(fn($document) => $document->_id, iterator_to_array($cursor, false));
}

function command(Manager $manager, string $database, array $command): array
{
    return iterator_to_array($manager->executeReadCommand($database, new Command($command)), false);
}

$few = [['$match' => ['_id' => ['$lte' => 5]]]];
$aggregate = ['aggregate' => $collection, 'pipeline' => $few, 'cursor' => new stdClass()];
$names = fn($entry) => $entry->name;
$seen = [
    'version' => phpversion('mongodb'),
    'ids' => ids($manager, $namespace, [], ['batchSize' => 100]),
    'one' => ids($manager, $namespace, ['_id' => 43], ['limit' => 1])[0],
    'count' => command($manager, $database, ['count' => $collection, 'query' => ['_id' => ['$lte' => 5]]])[0]->n,
    'aggregated' => count(command($manager, $database, $aggregate)),
    'collections' => array_map($names, command($manager, $database, ['listCollections' => 1])),
    'databases' => array_map($names, command($manager, 'admin', ['listDatabases' => 1])[0]->databases),
    'withOptions' => null,
    'stable' => null,
    'out' => null,
    'insert' => null,
];
// What the driver's options add to a read.
$session = $manager->startSession(['causalConsistency' => true]);
$query = new Query(['_id' => ['$lte' => 5]], ['comment' => 'few', 'hint' => '_id_', 'maxTimeMS' => 60000, 'batchSize' => 2]);
$found = iterator_to_array($manager->executeQuery($namespace, $query, ['session' => $session]), false);
$options = ['comment' => 'few', 'hint' => '_id_', 'maxTimeMS' => 60000];
$cursor = $manager->executeReadCommand($database, new Command($aggregate + $options), ['session' => $session]);
$seen['withOptions'] = [count($found), count(iterator_to_array($cursor, false))];
$stable = new Manager($uri, [], ['serverApi' => new MongoDB\Driver\ServerApi('1', true)]);
$seen['stable'] = count(ids($stable, $namespace, ['_id' => ['$lte' => 5]], ['batchSize' => 2]));
try {
    $out = ['aggregate' => $collection, 'pipeline' => [['$out' => 'new']], 'cursor' => new stdClass()];
    $manager->executeReadWriteCommand($database, new Command($out));
} catch (MongoDB\Driver\Exception\Exception $error) {
    $seen['out'] = $error->getCode();
}
try {
    $write = new BulkWrite();
    $write->insert(['_id' => 'new']);
    $manager->executeBulkWrite($namespace, $write);
} catch (MongoDB\Driver\Exception\Exception $error) {
    $seen['insert'] = $error->getCode();
}
echo json_encode($seen), "\n";
