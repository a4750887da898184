# Reads a collection as a Perl user would: read.pl URI DATABASE COLLECTION. Prints what it saw as JSON.
use strict;
use warnings;
use JSON::PP;
use MongoDB;

my ($uri, $name, $of) = @ARGV;
my $client = MongoDB->connect($uri);
my $database = $client->get_database($name);
my $collection = $database->get_collection($of);
my $few = { _id => { '$lte' => 5 } };
my %seen = (
    version => MongoDB->VERSION,
    ids => [map { $_->{_id} } $collection->find({}, { batchSize => 100 })->all],
    one => $collection->find_one({ _id => 43 })->{_id},
    count => $collection->count_documents($few),
    estimated => $collection->estimated_document_count,
    aggregated => scalar($collection->aggregate([{ '$match' => $few }])->all),
    collections => [$database->collection_names],
    databases => [$client->database_names],
    insert => undef,
);
$seen{insert} = $@->code if !eval { $collection->insert_one({ _id => 'new' }); 1 };
print JSON::PP->new->utf8->encode(\%seen), "\n";
